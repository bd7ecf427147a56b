namespace Multiprocessing;

/// <summary>What the end of a block is.</summary>
internal enum FooterState
{
    /// <summary>A footer that fits the block.</summary>
    Array,

    /// <summary>A footer in the making, or zeros.</summary>
    Unfinished,

    /// <summary>No footer that anybody reads today.</summary>
    NoArray,

    /// <summary>A footer with more dimensions than it has room for, or fewer than none.</summary>
    BadRank,

    /// <summary>A footer whose type there is not, or not of that size.</summary>
    BadType,

    /// <summary>A footer with a negative dimension, or whose shape is larger than any memory.</summary>
    BadShape,

    /// <summary>A footer whose size is not that of its shape, or does not fit into the block.</summary>
    BadSize,
}
