namespace Multiprocessing;

/// <summary>
/// That a manager is to be reached by stock Python too: <c>SharedMemoryManager(address, authkey).connect()</c> of Python's own
/// <c>multiprocessing.managers</c>. All of it is generated when nothing is given.
/// </summary>
public sealed record PythonEndpointOptions
{
    /// <summary>
    /// The path of the Unix domain socket, in a folder that exists. Null, the default, for one in the manager's own folder. Whoever runs as this user and has the
    /// key may connect.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>The key (Python: <c>authkey</c>), of any length but 0. Empty, the default, for 32 random bytes.</summary>
    public ReadOnlyMemory<byte> AuthKey { get; init; }
}
