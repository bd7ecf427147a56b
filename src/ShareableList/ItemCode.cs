namespace Multiprocessing;

/// <summary>The back-transform codes: what CPython does with the value that <c>struct</c> unpacked. See <see cref="ItemFormat"/>.</summary>
internal static class ItemCode
{
    /// <summary>int, float and bool: nothing.</summary>
    internal const byte Plain = 0;

    /// <summary>str: strip the NULs at the end and decode.</summary>
    internal const byte Str = 1;

    /// <summary>bytes: strip the NULs at the end.</summary>
    internal const byte Bytes = 2;

    /// <summary>None, whatever was unpacked.</summary>
    internal const byte None = 3;
}
