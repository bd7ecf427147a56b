namespace Multiprocessing;

/// <summary>How a server for unrelated processes is run (<see cref="SharedMemoryManager.Serve"/>).</summary>
public sealed record SharedMemoryServeOptions
{
    internal static readonly SharedMemoryServeOptions Default = new();

    /// <summary>
    /// Where to listen, and the token to ask for, as <c>unix:PATH?token=TEXT</c>. Null, the default, for a new one in <see cref="TemporaryDirectory"/>. The folder of a given
    /// path is made if it is missing, for this user alone; what is left there of a server that was killed is replaced.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>When it ends by itself.</summary>
    public SharedMemoryServeLifetime Lifetime { get; init; }

    /// <summary>Whether any client may end it (<see cref="SharedMemoryManager.ShutdownServer"/>). Default: no.</summary>
    public bool AllowShutdown { get; init; }

    /// <summary>Whether SIGTERM, SIGINT and SIGHUP end it cleanly, which is the default, or are left to the application.</summary>
    public bool HandleSignals { get; init; } = true;

    /// <summary>Whether the names of blocks are guarded (see <see cref="SharedMemoryManagerOptions.GuardNames"/>).</summary>
    public bool GuardNames { get; init; } = true;

    /// <summary>
    /// Where stock Python connects with its own <c>SharedMemoryManager</c>; null, the default, if it is not to. Both address and key must be given, as there is nobody
    /// to tell generated ones.
    /// </summary>
    public PythonEndpointOptions? PythonEndpoint { get; init; }

    /// <summary>Called with the address as soon as clients can connect. An exception from here ends the server.</summary>
    public Action<string>? Ready { get; init; }

    /// <summary>
    /// A file to write the address to when clients can connect, for this user alone (0600), whole or not at all, and to remove at the end. A server that is
    /// killed leaves it; the next one replaces it.
    /// </summary>
    public string? AddressFile { get; init; }

    /// <summary>Where the folder of the socket is made if no address is given. Null, the default, for the user's folder of temporary files.</summary>
    public string? TemporaryDirectory { get; init; }
}
