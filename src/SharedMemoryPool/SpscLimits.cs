using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>What each side of a <see cref="SpscRing{T}"/> knows, in its own process: apart, as the two sides may be threads of one process that have the same handle.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct SpscLimits
{
    /// <summary>Up to where the producer may write.</summary>
    [FieldOffset(128)]
    internal long Write;

    /// <summary>Up to where the consumer may read.</summary>
    [FieldOffset(256)]
    internal long Read;
}
