namespace Multiprocessing;

/// <summary>
/// A process's side of its connection to the server: makes names, and tells of what happened to them, in batches and without waiting.
/// </summary>
/// <remarks>
/// Telling is a courtesy, so that lists show kinds and ages and blocks are guarded; the prefix of a name is what makes the server unlink it. What the death of
/// this process leaves at any line here is therefore the same: blocks with the prefix, which the server unlinks.
/// </remarks>
internal abstract class ManagerLink : IDisposable
{
    /// <summary>How long a batch waits for more to tell.</summary>
    private const int CoalesceMilliseconds = 5;

    private const int FirstWaitMilliseconds = 50;

    /// <summary>How many servers a call is tried with.</summary>
    private const int CallAttempts = 10;

    private readonly TrackBuffer _untold = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Lock _flushes = new();
    private SharedMemoryManagerException? _broken;
    private bool _closed;
    private bool _tells;
    private long _lastName;
    private ObjectCalls? _objects;

    internal abstract string Id { get; }

    /// <summary>Whether the manager ends with this process.</summary>
    internal virtual bool IsOwner => false;

    /// <summary>The calls on objects that the server holds.</summary>
    internal ObjectCalls Objects => LazyInitializer.EnsureInitialized(ref _objects, () => new ObjectCalls(this));

    internal abstract int ServerProcessId { get; }

    /// <summary>What others connect to. Waits until the server listens there.</summary>
    /// <exception cref="SharedMemoryManagerException">It does not.</exception>
    internal abstract string Address { get; }

    /// <summary>Where stock Python connects. Waits until the server listens there.</summary>
    /// <exception cref="SharedMemoryManagerException">It does not.</exception>
    /// <exception cref="InvalidOperationException">It was not asked to.</exception>
    internal virtual PythonEndpoint Python => throw new InvalidOperationException(
        "This manager has no endpoint for Python here: the process that starts it asks for one with SharedMemoryManagerOptions.PythonEndpoint.");

    /// <summary>What the names that this process makes begin with.</summary>
    protected abstract string Prefix { get; }

    /// <summary>What this process has made and not released.</summary>
    protected abstract BlockTable Blocks { get; }

    /// <summary>The connection to the server that there is now.</summary>
    protected abstract ManagerConnection Current { get; }

    protected bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Set when the server is gone for good.</summary>
    protected SharedMemoryManagerException? Broken => Volatile.Read(ref _broken);

    /// <summary>A name that nobody else makes, in this process or another.</summary>
    internal string NextName() => $"{Prefix}{Interlocked.Increment(ref _lastName):x}";

    /// <summary>
    /// Called after each creation, before the block is handed out: a manager that had ended by then may have unlinked its blocks before
    /// this one was there, so who gets an exception here unlinks it himself. Any other block was there before the end began.
    /// </summary>
    internal virtual void ThrowIfEnded() => ThrowIfKnownToHaveEnded();

    private void ThrowIfKnownToHaveEnded()
    {
        Interlocked.MemoryBarrier();
        ObjectDisposedException.ThrowIf(IsClosed, typeof(SharedMemoryManager));
        if (Broken is SharedMemoryManagerException broken)
        {
            throw new SharedMemoryManagerException(broken);
        }
    }

    /// <summary>Where blocks cannot be listed, the server must know of a name before it is used.</summary>
    internal void Announce(string name)
    {
        if (!BlockBackend.Current.CanList && !BlockBackend.Current.LivesByHandles)
        {
            _untold.AddCreated(new TrackedBlock(name, TrackedBlock.PlainKind, 0, Environment.ProcessId, DateTimeOffset.UtcNow));
            Call(_ => true);
        }
    }

    internal void Created(TrackedBlock block)
    {
        Blocks.Add(block);
        bool isFirst = _untold.AddCreated(block);
        if (BlockBackend.Current.LivesByHandles)
        {
            // The server's handle is what keeps it alive.
            Call(service => service.PingAsync().IsCompleted);
        }
        else if (isFirst)
        {
            Wake();
        }
    }

    internal void Released(string name)
    {
        Blocks.Remove(name);
        if (_untold.AddReleased(name))
        {
            Wake();
        }
    }

    /// <summary>A call to the server, after all that was to be told before it. If the server dies over it, the next one is asked.</summary>
    /// <exception cref="SharedMemoryManagerException">The server is gone for good.</exception>
    internal T Call<T>(Func<IManagerService, T> call) => CallOn(connection => call(connection.Service));

    /// <inheritdoc cref="Call"/>
    internal T CallOn<T>(Func<ManagerConnection, T> call)
    {
        for (int attempt = 1; ; attempt++)
        {
            // Whether the other side is there still, the call itself finds out.
            ThrowIfKnownToHaveEnded();
            ManagerConnection connection = Current;
            try
            {
                connection.WaitUntilUp();
                Flush(connection.Service);
                return call(connection);
            }
            catch (ConnectionLostException loss) when (attempt < CallAttempts)
            {
                Recover(connection, loss);
            }
            catch (ConnectionLostException loss)
            {
                throw new SharedMemoryManagerException(
                    SharedMemoryManagerError.ServerLost, "The server of the manager was lost again and again over one call.", "", loss);
            }
        }
    }

    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _closed, true))
        {
            _wake.Set();
            Close();
        }
    }

    /// <summary>For tests: leaves all as if this process had died now.</summary>
    internal void Abandon()
    {
        if (!Interlocked.Exchange(ref _closed, true))
        {
            _wake.Set();
            Drop();
        }
    }

    protected abstract void Close();

    /// <summary>Lets go of what the kernel would let go of at this process's death, and of nothing else.</summary>
    protected abstract void Drop();

    /// <summary>Waits until the lost server has a successor, or is gone for good: the next <see cref="ThrowIfEnded"/> says so.</summary>
    /// <param name="lost">The connection that was lost.</param>
    /// <param name="loss">How it was lost.</param>
    protected abstract void Recover(ManagerConnection lost, ConnectionLostException loss);

    protected void Break(SharedMemoryManagerException broken) => Interlocked.CompareExchange(ref _broken, broken, null);

    /// <summary>Tells a new server all that this process has made.</summary>
    protected void TellAgain()
    {
        foreach (TrackedBlock block in Blocks.Told())
        {
            _untold.AddCreated(block);
        }

        Wake();
    }

    /// <summary>Tells all there is to tell.</summary>
    /// <exception cref="ConnectionLostException">The server is gone.</exception>
    protected void Flush(IManagerService service)
    {
        // Taken and sent under one lock, so that batches arrive in the order of what they tell. What is lost with a server its successor is told
        // again.
        lock (_flushes)
        {
            if (_untold.Take() is TrackBatch batch)
            {
                service.Track(batch);
            }
        }
    }

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
        // About as long as a server takes to come up. A program that has ended by then has not compiled a line of what follows.
        Thread.Sleep(FirstWaitMilliseconds);
        while (!IsClosed && Broken is null)
        {
            _wake.WaitOne();
            ManagerConnection connection = Current;
            try
            {
                connection.WaitUntilUp();
                Thread.Sleep(CoalesceMilliseconds);
                Flush(connection.Service);
            }
            catch (ConnectionLostException loss)
            {
                if (!IsClosed)
                {
                    Recover(connection, loss);
                }
            }
        }
    }
}
