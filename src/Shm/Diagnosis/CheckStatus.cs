namespace Multiprocessing.Shm;

/// <summary>How a check came out.</summary>
internal enum CheckStatus
{
    /// <summary>Nothing is amiss.</summary>
    Ok,

    /// <summary>It works, and may not tomorrow.</summary>
    Warn,

    /// <summary>It does not work so.</summary>
    Fail,
}
