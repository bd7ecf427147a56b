namespace WordCount;

/// <summary>Where a text in UTF-8 may be cut.</summary>
internal static class TextPart
{
    /// <summary>
    /// The first place from <paramref name="at"/> on that lies in no word and in no character: behind an ASCII byte that is no letter or
    /// digit. No byte of a longer character is ASCII, and a broken one ends before the next ASCII byte, so the parts are decoded
    /// exactly as the whole is. Both neighbours of an edge find the same one; a text without such a byte is one part.
    /// </summary>
    internal static int Edge(ReadOnlySpan<byte> text, int at)
    {
        while (at > 0 && at < text.Length && (text[at - 1] >= 0x80 || char.IsAsciiLetterOrDigit((char)text[at - 1])))
        {
            at++;
        }

        return at;
    }
}
