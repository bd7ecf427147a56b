namespace Multiprocessing;

/// <summary>
/// A process's side of its connection to the server: makes names, and tells of what happened to them, in batches and without waiting.
/// </summary>
/// <remarks>
/// Telling is a courtesy, so that lists show kinds and ages; the prefix of a name is what makes the server unlink it. What the death of
/// this process leaves at any line here is therefore the same: blocks with the prefix, which the server unlinks.
/// </remarks>
internal abstract class ManagerLink : IDisposable
{
    /// <summary>How long a batch waits for more to tell.</summary>
    private const int CoalesceMilliseconds = 5;

    private readonly TrackBuffer _untold = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Lock _flushes = new();
    private SharedMemoryManagerException? _broken;
    private bool _closed;
    private bool _tells;
    private long _lastName;

    internal abstract string Id { get; }

    internal abstract int ServerProcessId { get; }

    /// <summary>What others connect to. Waits until the server listens there.</summary>
    /// <exception cref="SharedMemoryManagerException">It does not.</exception>
    internal abstract string Address { get; }

    /// <summary>What the names that this process makes begin with.</summary>
    protected abstract string Prefix { get; }

    protected abstract IManagerService Service { get; }

    protected bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>A name that nobody else makes, in this process or another.</summary>
    internal string NextName() => $"{Prefix}{Interlocked.Increment(ref _lastName):x}";

    /// <summary>
    /// Called after each creation, before the block is handed out: a manager that had ended by then may have unlinked its blocks before
    /// this one was there, so who gets an exception here unlinks it himself. Any other block was there before the end began.
    /// </summary>
    internal virtual void ThrowIfEnded()
    {
        Interlocked.MemoryBarrier();
        ObjectDisposedException.ThrowIf(IsClosed, typeof(SharedMemoryManager));
        if (_broken is not null)
        {
            throw new SharedMemoryManagerException(_broken);
        }
    }

    /// <summary>Where blocks cannot be listed, the server must know of a name before it is used.</summary>
    internal void Announce(string name, string kind)
    {
        if (!BlockBackend.Current.CanList && !BlockBackend.Current.LivesByHandles)
        {
            _untold.AddCreated(new TrackedBlock(name, kind, 0, Environment.ProcessId, DateTimeOffset.UtcNow));
            Flush();
        }
    }

    internal virtual void Created(TrackedBlock block)
    {
        bool isFirst = _untold.AddCreated(block);
        if (BlockBackend.Current.LivesByHandles)
        {
            Call(service =>
            {
                service.PingAsync().Wait();
                return true;
            });
        }
        else if (isFirst)
        {
            Wake();
        }
    }

    internal virtual void Released(string name)
    {
        if (_untold.AddReleased(name))
        {
            Wake();
        }
    }

    /// <summary>A call to the server, after all that was to be told before it.</summary>
    /// <exception cref="SharedMemoryManagerException">The server is gone.</exception>
    internal T Call<T>(Func<IManagerService, T> call)
    {
        try
        {
            ThrowIfEnded();
            WaitUntilReady();
            Flush();
            return call(Service);
        }
        catch (ConnectionLostException e)
        {
            throw Break(e);
        }
    }

    /// <summary>Waits until the server can be talked to.</summary>
    internal abstract void WaitUntilReady();

    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _closed, true))
        {
            _wake.Set();
            Close();
        }
    }

    protected abstract void Close();

    /// <summary>What to say of a lost connection.</summary>
    protected abstract SharedMemoryManagerException Explain(ConnectionLostException loss);

    private SharedMemoryManagerException Break(ConnectionLostException loss) => _broken ??= Explain(loss);

    private void Wake()
    {
        if (!Interlocked.Exchange(ref _tells, true))
        {
            new Thread(Tell, 256 * 1024) { IsBackground = true, Name = "SharedMemoryManager" }.Start();
        }

        _wake.Set();
    }

    /// <summary>The thread that tells: one a link, once there is something to tell.</summary>
    private void Tell()
    {
        try
        {
            WaitUntilReady();
            while (!IsClosed)
            {
                _wake.WaitOne();
                Thread.Sleep(CoalesceMilliseconds);
                Flush();
            }
        }
        catch (ConnectionLostException e)
        {
            // Found out here, said to who makes or lists the next block.
            if (!IsClosed)
            {
                Break(e);
            }
        }
        catch (SharedMemoryManagerException e)
        {
            _broken ??= e;
        }
    }

    /// <summary>Tells all there is to tell.</summary>
    /// <exception cref="ConnectionLostException">The server is gone.</exception>
    protected void Flush()
    {
        // Taken and sent under one lock, so that batches arrive in the order of what they tell.
        lock (_flushes)
        {
            if (_untold.Take() is TrackBatch batch)
            {
                Service.Track(batch);
            }
        }
    }
}
