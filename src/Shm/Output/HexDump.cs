using System.Globalization;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary>Bytes as <c>hexdump -C</c> writes them: 16 a line, a star for lines like the one before.</summary>
internal static class HexDump
{
    private const int PerLine = 16;

    /// <summary>The lines, without the last one, which says where the bytes end.</summary>
    internal static IEnumerable<string> Lines(byte[] bytes, long offset)
    {
        for (int at = 0; at < bytes.Length; at += PerLine)
        {
            yield return Line(bytes.AsSpan(at, Math.Min(PerLine, bytes.Length - at)), offset + at);
        }
    }

    /// <summary>One line.</summary>
    internal static string Line(ReadOnlySpan<byte> bytes, long offset)
    {
        var line = new StringBuilder(80);
        line.Append(Address(offset)).Append("  ");
        for (int i = 0; i < PerLine; i++)
        {
            _ = i < bytes.Length ? line.Append(CultureInfo.InvariantCulture, $"{bytes[i]:x2} ") : line.Append("   ");
            _ = i == 7 ? line.Append(' ') : line;
        }

        line.Append(" |");
        foreach (byte b in bytes)
        {
            line.Append(b is >= (byte)' ' and <= (byte)'~' ? (char)b : '.');
        }

        return line.Append('|').ToString();
    }

    /// <summary>An offset, as it stands at the beginning of a line.</summary>
    internal static string Address(long offset) => offset.ToString("x8", CultureInfo.InvariantCulture);
}
