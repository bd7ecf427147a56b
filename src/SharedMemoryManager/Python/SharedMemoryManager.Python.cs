namespace Multiprocessing;

/// <content>Stock Python as a client of this manager, and this process as a client of a stock Python's.</content>
public sealed partial class SharedMemoryManager
{
    /// <summary>
    /// Where stock Python connects: the <c>address</c> of its <c>SharedMemoryManager(address, authkey)</c>. Waits until the server listens there.
    /// </summary>
    /// <exception cref="InvalidOperationException">The manager was not started with <see cref="SharedMemoryManagerOptions.PythonEndpoint"/>, or not here.</exception>
    /// <exception cref="SharedMemoryManagerException">The server does not listen there.</exception>
    public string PythonAddress => _link.Python.Path;

    /// <summary>Whether this process has started the manager with an endpoint for Python.</summary>
    internal bool HasPythonEndpoint => _options.PythonEndpoint is not null;

    /// <summary>
    /// The <c>authkey</c> of stock Python's <c>SharedMemoryManager(address, authkey)</c>. Pass it on by environment
    /// (<see cref="ManagerProcessStartInfoExtensions.UseManager"/>), not on a command line.
    /// </summary>
    /// <inheritdoc cref="PythonAddress" path="/exception"/>
    public byte[] GetPythonAuthKey() => _link.Python.GetKey();

    /// <summary>
    /// Joins a <c>SharedMemoryManager</c> that a stock Python (3.8 or later) runs: one that it started, or serves with <c>get_server().serve_forever()</c>.
    /// </summary>
    /// <param name="address">
    /// Its <c>address</c>: the path of a Unix domain socket (with a leading NUL character that of an abstract one), or <c>host:port</c>.
    /// </param>
    /// <param name="authKey">Its <c>authkey</c>.</param>
    /// <exception cref="ArgumentException">That is no address.</exception>
    /// <exception cref="SharedMemoryManagerException">No manager answers there, or it has another key.</exception>
    public static PythonSharedMemoryManager ConnectPython(string address, ReadOnlySpan<byte> authKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        return new PythonSharedMemoryManager(new PythonClient(address, authKey.ToArray()));
    }
}
