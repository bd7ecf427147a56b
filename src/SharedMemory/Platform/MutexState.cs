namespace Multiprocessing;

/// <summary>What the bytes of a mutex say.</summary>
internal enum MutexState
{
    /// <summary>Nobody holds it.</summary>
    Free,

    /// <summary>A living thread holds it.</summary>
    Held,

    /// <summary>Who held it died; the next one in gets it and is told.</summary>
    Abandoned,

    /// <summary>It was left in a state that nobody can enter any more.</summary>
    Broken,

    /// <summary>Its bytes are those of another C library or system.</summary>
    Unknown,
}
