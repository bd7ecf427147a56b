namespace Multiprocessing;

/// <summary>What a look at a lease tells of its holders.</summary>
internal enum LeaseState
{
    /// <summary>Its lock is held: one of its holders lives, or is stopped.</summary>
    Held,

    /// <summary>Its lock is free: all of its holders are gone.</summary>
    Free,

    /// <summary>It may not be opened. Nobody takes such a one for dead.</summary>
    Unknown,
}
