namespace Multiprocessing;

/// <summary>What went wrong between a process and its manager's server.</summary>
public enum SharedMemoryManagerError
{
    /// <summary>The server could not be started, or ended before it was up.</summary>
    ServerNotStarted,

    /// <summary>The server died, and so did those started after it, or the manager has ended. Blocks that are mapped keep working.</summary>
    ServerLost,

    /// <summary>The server runs, but no other process can connect to it: it could not make its socket.</summary>
    NoAddress,

    /// <summary>No manager answers at the address.</summary>
    NotFound,

    /// <summary>The manager at the address refused: it is another user's, or the token is not its own.</summary>
    Refused,

    /// <summary>The server, of a stock Python, is well and answered with an error of its own.</summary>
    Failed,

    /// <summary>There is no such server-held object: nobody refers to it any more, or it is of another kind.</summary>
    ObjectNotFound,

    /// <summary>A server-held object, or all of them, would be too large, or there are too many. Nothing was changed.</summary>
    ObjectLimit,
}
