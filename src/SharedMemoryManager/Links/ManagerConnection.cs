namespace Multiprocessing;

/// <summary>A connection to one server process. A link has one after the other, if servers are killed.</summary>
internal abstract class ManagerConnection : IDisposable
{
    internal abstract IManagerService Service { get; }

    /// <summary>For calls that are no method of the service: those of the objects.</summary>
    internal abstract JsonRpc Rpc { get; }

    /// <summary>Waits until the server is up; says why others cannot connect to it, or null.</summary>
    /// <exception cref="ConnectionLostException">It ended before.</exception>
    internal abstract string? WaitUntilUp();

    public abstract void Dispose();
}
