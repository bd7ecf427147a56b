namespace Multiprocessing;

/// <summary>The steps of a server's end, in their order. A death before any of them leaves the rest to the owner or, if that is dead, to a reclaim.</summary>
internal enum ServerEnding
{
    /// <summary>Turn the clients away; put no more names back.</summary>
    HangUp,

    /// <summary>Remove the socket and its folder.</summary>
    RemoveSocket,

    /// <summary>Unlink all that has the prefix.</summary>
    Unlink,

    /// <summary>Remove the lease, if all that worked.</summary>
    RemoveLease,

    /// <summary>Tell the owner what was removed.</summary>
    Farewell,
}
