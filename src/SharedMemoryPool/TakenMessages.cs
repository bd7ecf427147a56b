namespace Multiprocessing;

/// <summary>What becomes of a message that a consumer had taken, and not finished with, when its process died.</summary>
public enum TakenMessages
{
    /// <summary>Another consumer gets it: every message is delivered at least once. It may find out, by <c>IsRedelivered</c>, that it is not the first.</summary>
    Redeliver,

    /// <summary>It is dropped and counted: every message is delivered at most once.</summary>
    Drop,
}
