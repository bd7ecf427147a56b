namespace Multiprocessing;

/// <summary>
/// What the server does for those who talk to it (docs/protocol.md is the same for strangers). On the wire the methods lose their
/// <c>Async</c> and begin with a small letter.
/// </summary>
internal interface IManagerService
{
    /// <summary>The first call on a named connection: proves the right to be there and gets a prefix for names of one's own.</summary>
    Task<HelloResult> HelloAsync(string token, int processId);

    /// <summary>Tells of blocks that the caller has made and released since it last told. A notification: nobody waits for it.</summary>
    void Track(TrackBatch batch);

    /// <summary>The blocks of this manager that exist, in order of their names.</summary>
    Task<TrackedBlock[]> ListBlocksAsync();

    /// <summary>Nothing, and back.</summary>
    Task PingAsync();
}
