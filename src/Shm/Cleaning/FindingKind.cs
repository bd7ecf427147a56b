namespace Multiprocessing.Shm;

/// <summary>What the dead leave.</summary>
internal enum FindingKind
{
    /// <summary>A manager whose owner and server are gone, with all of its names.</summary>
    Manager,

    /// <summary>The control words of a file, all of whose users are gone.</summary>
    Area,

    /// <summary>The lease of a process that died.</summary>
    ProcessLease,

    /// <summary>The folder of a socket, of a manager that has no lease any more.</summary>
    Socket,

    /// <summary>A block that no process has, and of which nobody knows who made it.</summary>
    Foreign,
}
