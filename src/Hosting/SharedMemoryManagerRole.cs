namespace Multiprocessing;

/// <summary>What a host is to the manager that it uses.</summary>
public enum SharedMemoryManagerRole
{
    /// <summary>It starts one, which ends with the host.</summary>
    Owner,

    /// <summary>It connects to one that another process owns, by <see cref="SharedMemoryManagerHostingOptions.Address"/> or the address that it was started with (<c>UseManager</c>).</summary>
    Client,

    /// <summary>It connects if it has an address, and starts one if not: a worker that also runs by itself.</summary>
    ClientOrOwner,
}
