namespace Multiprocessing;

/// <summary>Where the bytes of an area lie.</summary>
internal enum AreaSource
{
    /// <summary>In the block of its control words.</summary>
    Block = 0,

    /// <summary>In a file, and nothing else is in it.</summary>
    File = 1,

    /// <summary>In memory that the caller has mapped.</summary>
    Pointer = 2,
}
