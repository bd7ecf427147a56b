namespace Multiprocessing;

/// <summary>A server for unrelated processes.</summary>
public sealed partial class SharedMemoryManager
{
    /// <summary>
    /// Serves processes that have no owner in common: they <see cref="Connect"/> to its address. Runs in the calling process, and returns when it is asked to end, by a
    /// signal say, and all blocks are unlinked. (Python: <c>get_server().serve_forever()</c>.)
    /// </summary>
    /// <param name="options">Where, for how long, and who is told.</param>
    /// <param name="cancellationToken">Ends it, as cleanly as a signal.</param>
    /// <returns>What its end removed.</returns>
    /// <remarks>
    /// It ends as cleanly by SIGTERM, SIGINT (Ctrl-C) and SIGHUP, and the process is the caller's again. By SIGKILL it leaves its blocks, which keep working where they are mapped, and a free
    /// lease: the next <see cref="Start"/>, <see cref="Serve"/> or <see cref="Reclaim"/> of this user cleans up. Objects that it held are gone then, as nobody follows it.
    /// </remarks>
    /// <exception cref="ArgumentException">The address is none, or one for Python lacks its address or key.</exception>
    /// <exception cref="SharedMemoryManagerException">It cannot listen there, or somebody does already.</exception>
    public static SharedMemoryShutdownReport Serve(SharedMemoryServeOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var server = new StandaloneServer(options ?? SharedMemoryServeOptions.Default, cancellationToken);
        return server.Run();
    }

    /// <summary>The same on a thread of its own. The task ends when the server has.</summary>
    /// <inheritdoc cref="Serve"/>
    public static Task<SharedMemoryShutdownReport> ServeAsync(SharedMemoryServeOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Factory.StartNew(() => Serve(options, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>
    /// Ends the server of <see cref="Serve"/> that this process is connected to, if it lets its clients do so. It unlinks everything and ends after it has
    /// answered; whoever is connected finds the manager ended.
    /// </summary>
    /// <exception cref="SharedMemoryManagerException">It does not (<see cref="SharedMemoryManagerError.Refused"/>), or the manager has an owner, or is gone.</exception>
    public void ShutdownServer()
    {
        try
        {
            _link.CallOn(connection => connection.Rpc.InvokeRaw(ShutdownMethod.Name, "[]"u8, 0, static (_, ref _) => true));
        }
        catch (RemoteInvocationException e)
        {
            throw new SharedMemoryManagerException(SharedMemoryManagerError.Refused, $"The server refused: {e.Message}", "", e);
        }
        catch (SharedMemoryManagerException e) when (e.Error == SharedMemoryManagerError.ServerLost)
        {
            // It ended before its answer was written.
        }
    }
}
