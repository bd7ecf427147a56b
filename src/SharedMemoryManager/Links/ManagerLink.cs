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
    private readonly Lock _telemetryChanges = new();
    private SharedMemoryManagerException? _broken;
    private bool _closed;
    private bool _tells;
    private long _lastName;
    private ObjectCalls? _objects;
    private ManagerTelemetry? _telemetry;
    private int _serverRestarts;
    private long _lastServerRestart;

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

    /// <summary>How often a server has followed a dead one, as this process has seen it.</summary>
    internal int ServerRestarts => Volatile.Read(ref _serverRestarts);

    /// <summary>When the last did.</summary>
    internal DateTimeOffset? LastServerRestart =>
        Volatile.Read(ref _lastServerRestart) is long ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>What this process tells of the manager; null while nobody listens, or nobody has had a chance to.</summary>
    internal ManagerTelemetry? Telemetry => Volatile.Read(ref _telemetry);

    /// <summary>What the names that this process makes begin with.</summary>
    protected abstract string Prefix { get; }

    /// <summary>What this process has made and not released.</summary>
    protected abstract BlockTable Blocks { get; }

    /// <summary>The connection to the server that there is now.</summary>
    protected abstract ManagerConnection Current { get; }

    /// <summary>Whether this process has ended it, or begun to.</summary>
    internal bool IsClosed => Volatile.Read(ref _closed);

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
        Telemetry?.Created();
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
            EndTelemetry();
            Close();
        }
    }

    /// <summary>For tests: leaves all as if this process had died now.</summary>
    internal void Abandon()
    {
        if (!Interlocked.Exchange(ref _closed, true))
        {
            _wake.Set();
            EndTelemetry();
            Drop();
        }
    }

    /// <summary>What makes it: with a meter of the options', and told of by this process or another.</summary>
    protected abstract ManagerTelemetry MakeTelemetry();

    /// <summary>Has the manager's numbers told from now on. Costs some 10 ms, once in a process that has not loaded what it takes.</summary>
    protected void BeginTelemetry()
    {
        lock (_telemetryChanges)
        {
            if (_telemetry is null && !IsClosed)
            {
                _telemetry = MakeTelemetry();
            }
        }
    }

    /// <summary>To be called when a server has followed a dead one.</summary>
    protected void CountRestart()
    {
        Volatile.Write(ref _lastServerRestart, DateTimeOffset.UtcNow.Ticks);
        Interlocked.Increment(ref _serverRestarts);
    }

    private void EndTelemetry()
    {
        lock (_telemetryChanges)
        {
            _telemetry?.End();
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

    protected void Wake()
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

                // A program that has lived until now may be looked at from without.
                BeginTelemetry();
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
