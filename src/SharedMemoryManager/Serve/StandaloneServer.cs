using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>A server without an owner, in the process that calls for it: the same as a manager's, with an end of its own.</summary>
/// <remarks>
/// States: 1 the address is free, and a lease says that it is this process's → 2 the lease, locked, then named → 3 listening → 4 the file with the address → … → asked to end → that file goes → the end of any server
/// (<see cref="ServerEnding"/>). A death at any point after 2 leaves a free lease, for the next reclaim, and a file or socket at a given path, which the next server
/// there replaces.
/// </remarks>
internal sealed class StandaloneServer : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP];

    private readonly SharedMemoryServeOptions _options;
    private readonly CancellationTokenSource _stop;
    private readonly Lock _lock = new();
    private int _clients;

    internal StandaloneServer(SharedMemoryServeOptions options, CancellationToken cancellationToken)
    {
        _options = options;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Whether a client may end it.</summary>
    internal bool AllowShutdown => _options.AllowShutdown;

    /// <summary>Serves until it is to end, and says what that removed.</summary>
    internal SharedMemoryShutdownReport Run()
    {
        PosixSignalRegistration[] signals = _options.HandleSignals ? [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))] : [];
        try
        {
            string? path = _options.Address is string address ? Path.GetFullPath(ManagerAddress.Parse(address).SocketPath) : null;
            using LeaseFile? place = path is null ? null : TakePlace(path);
            try
            {
                (ServerSettings settings, LeaseFile lease) = Prepare();
                using (lease)
                {
                    return Run(settings, lease);
                }
            }
            finally
            {
                place?.Remove();
            }
        }
        finally
        {
            Array.ForEach(signals, signal => signal.Dispose());
        }
    }

    /// <summary>Asks for the end, and does not wait for it.</summary>
    internal void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has come.
        }
    }

    internal void ClientCame()
    {
        lock (_lock)
        {
            _clients++;
        }
    }

    internal void ClientWent()
    {
        lock (_lock)
        {
            if (--_clients == 0 && _options.Lifetime == SharedMemoryServeLifetime.UntilLastClientHasGone)
            {
                Stop();
            }
        }
    }

    public void Dispose() => _stop.Dispose();

    private SharedMemoryShutdownReport Run(ServerSettings settings, LeaseFile lease)
    {
        if (!lease.TryPublish())
        {
            throw NotStarted($"The lease of the manager {settings.Id} could not be given its name.");
        }

        Exception? failure = null;
        using var input = new StopStream(_stop.Token);
        var server = new ManagerServer(settings)
        {
            Standalone = this,
            Opened = error => failure = Announce(settings, error),
        };
        server.Run(input, Stream.Null);
        return failure is null ? server.Report : throw failure;
    }

    private (ServerSettings Settings, LeaseFile Lease) Prepare()
    {
        if (_options.PythonEndpoint is { } python && (python.Address is null || python.AuthKey.IsEmpty))
        {
            throw new ArgumentException("The address and the key for Python must both be given: nobody would be told of generated ones.");
        }

        try
        {
            while (true)
            {
                var settings = ServerSettings.New(Path.GetFullPath(_options.TemporaryDirectory ?? Path.GetTempPath()), _options.GuardNames, _options.PythonEndpoint);
                if (_options.Address is string address)
                {
                    ManagerAddress given = ManagerAddress.Parse(address);
                    settings = settings with { Address = given with { SocketPath = Path.GetFullPath(given.SocketPath) } };
                }

                if (ManagerLease.TryPrepare(settings) is LeaseFile lease)
                {
                    return (settings, lease);
                }
            }
        }
        catch (IOException e)
        {
            throw NotStarted(e.Message);
        }
    }

    /// <summary>
    /// Sees to it that one server at a time is at a path: two that start in the same instant would both find nobody there. A listener that is none of ours
    /// has no such lease, so that is asked for too.
    /// </summary>
    private static LeaseFile TakePlace(string path)
    {
        LeaseFile? place = ProcessLease.TryHold($"serves {path}");
        if (place is not null && File.Exists(path) && UnixPeer.IsListening(path))
        {
            place.Remove();
            place.Dispose();
            place = null;
        }

        return place ?? throw NotStarted($"Somebody listens at {path} already.");
    }

    /// <summary>Says that clients can connect; what goes wrong with that ends the server.</summary>
    private Exception? Announce(ServerSettings settings, string? error)
    {
        try
        {
            if (error is not null)
            {
                throw NotStarted(error);
            }

            string address = settings.Address.ToString();
            if (_options.AddressFile is string file)
            {
                string path = Path.GetFullPath(file);
                DurableFile.Replace(
                    path, $"{path}.{settings.Id}", UnixFileMode.UserRead | UnixFileMode.UserWrite, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(address + '\n')));
            }

            _options.Ready?.Invoke(address);
            return null;
        }
        catch (Exception e)
        {
            Stop();
            return e;
        }
    }

    /// <summary>Takes the file with the address away, if it is this server's still.</summary>
    internal void RemoveAddressFile(ServerSettings settings)
    {
        try
        {
            if (_options.AddressFile is string file && File.Exists(file) && File.ReadAllText(file).TrimEnd() == settings.Address.ToString())
            {
                File.Delete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"could not remove {_options.AddressFile}: {e.Message}");
        }
    }

    private static SharedMemoryManagerException NotStarted(string message) =>
        new(SharedMemoryManagerError.ServerNotStarted, $"The server could not be started. {message}");

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Stop();
    }
}
