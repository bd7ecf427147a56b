namespace Multiprocessing;

/// <summary>
/// What the server does for those who talk to it (docs/protocol.md is the same for strangers). On the wire the methods lose their
/// <c>Async</c> and begin with a small letter.
/// </summary>
internal interface IManagerService
{
    /// <summary>The first call on a named connection: proves the right to be there and gets a prefix for names of one's own.</summary>
    /// <param name="token">The manager's token.</param>
    /// <param name="processId">Who calls.</param>
    /// <param name="prefix">The prefix from an earlier server of this manager, to go on with; or null.</param>
    /// <param name="releaseOnEnd">Whether what the caller makes is unlinked when the connection ends, instead of at the manager's end.</param>
    Task<HelloResult> HelloAsync(string token, int processId, string? prefix, bool releaseOnEnd);

    /// <summary>Tells of blocks that the caller has made and released since it last told. A notification: nobody waits for it.</summary>
    void Track(TrackBatch batch);

    /// <summary>
    /// Unlinks a block of this manager, whoever made it, hidden name included. For those who cannot easily do so themselves: the manager's own clients unlink, and tell by
    /// <see cref="Track"/>.
    /// </summary>
    /// <returns>False if there was no such block.</returns>
    Task<bool> ReleaseAsync(string name);

    /// <summary>The blocks of this manager that exist, in order of their names.</summary>
    Task<TrackedBlock[]> ListBlocksAsync();

    /// <summary>Nothing, and back.</summary>
    Task PingAsync();
}
