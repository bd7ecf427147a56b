namespace Multiprocessing;

/// <summary>What an element is, its size aside: numpy's <c>dtype.kind</c>.</summary>
public enum SharedArrayKind
{
    /// <summary>One byte, 0 or 1 (<c>b</c>).</summary>
    Boolean,

    /// <summary>A signed integer (<c>i</c>).</summary>
    SignedInteger,

    /// <summary>An unsigned integer (<c>u</c>).</summary>
    UnsignedInteger,

    /// <summary>A binary floating-point number (<c>f</c>).</summary>
    Float,

    /// <summary>Two of those: real and imaginary part (<c>c</c>).</summary>
    Complex,

    /// <summary>Bytes, filled up with NULs (<c>S</c>).</summary>
    Bytes,

    /// <summary>Unicode, 4 bytes a character, filled up with NULs (<c>U</c>).</summary>
    Unicode,

    /// <summary>Raw bytes, and records: the footer knows no fields (<c>V</c>).</summary>
    Raw,

    /// <summary>A date and time as 64-bit count of units that the footer does not know (<c>M</c>).</summary>
    DateTime,

    /// <summary>A span of time, likewise (<c>m</c>).</summary>
    TimeSpan,
}
