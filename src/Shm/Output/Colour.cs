namespace Multiprocessing.Shm;

/// <summary>What a colour means here: the numbers are those of ECMA-48.</summary>
internal enum Colour
{
    /// <summary>As it comes.</summary>
    None = 0,

    /// <summary>A heading.</summary>
    Bold = 1,

    /// <summary>Of less importance.</summary>
    Dim = 2,

    /// <summary>Dead, or wrong.</summary>
    Red = 31,

    /// <summary>Alive, or well.</summary>
    Green = 32,

    /// <summary>Wants attention.</summary>
    Yellow = 33,
}
