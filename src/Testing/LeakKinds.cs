namespace Multiprocessing;

/// <summary>What may be left behind.</summary>
[Flags]
public enum LeakKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Names in shared memory, hidden ones too: blocks, and whatever else lies there.</summary>
    Blocks = 1,

    /// <summary>
    /// The leases of managers that were not ended, or died together with their servers. (The lease of a process goes with it; that of a killed one lies there by design until somebody's
    /// sweep, and a check sweeps.)
    /// </summary>
    Leases = 2,

    /// <summary>The sockets of managers, with their folders, in the folder for temporary files.</summary>
    Sockets = 4,

    /// <summary>Processes that were started and still run, servers of managers among them.</summary>
    Processes = 8,

    /// <summary>Open files, sockets and pipes of this process. (Linux.)</summary>
    Descriptors = 16,

    /// <summary>Blocks that this process has mapped still, whether they have a name or not. (Linux.)</summary>
    Mappings = 32,

    /// <summary>Mutexes of a name of their own that a thread of this process still holds. (Linux.)</summary>
    Locks = 64,

    /// <summary>All of these.</summary>
    All = Blocks | Leases | Sockets | Processes | Descriptors | Mappings | Locks,
}
