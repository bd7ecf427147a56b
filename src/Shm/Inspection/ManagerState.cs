namespace Multiprocessing.Shm;

/// <summary>What is known of a manager, by the lock of its lease and by nothing else.</summary>
internal enum ManagerState
{
    /// <summary>Its lease is held: by its owner, by its server, or by both. A stopped process holds it too.</summary>
    Alive,

    /// <summary>Its lease is free: owner and server are gone, and all that has its prefix can be reclaimed.</summary>
    Dead,

    /// <summary>Its lease may not be opened: it is another user's. Nobody takes it for dead.</summary>
    Unknown,

    /// <summary>Names begin with its prefix, but there is no lease of it: it is ending just now, or somebody removed its lease by hand.</summary>
    Missing,
}
