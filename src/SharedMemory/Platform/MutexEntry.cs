namespace Multiprocessing;

/// <summary>How an attempt to enter a mutex ended.</summary>
internal enum MutexEntry
{
    /// <summary>The calling thread holds it now.</summary>
    Entered,

    /// <summary>The calling thread holds it now, and who held it before died in it.</summary>
    Abandoned,

    /// <summary>Another thread holds it.</summary>
    Busy,

    /// <summary>The calling thread holds it already, and it is not recursive.</summary>
    Held,
}
