using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Multiprocessing;

/// <summary>Elements of bytes (<c>b'abc'</c>) or of text (<c>'abc'</c>) as Python's <c>repr</c> writes them, without the NULs at their end.</summary>
internal sealed class TextFormat(SharedArray array) : ElementFormat(array)
{
    private const int LastCharacter = 0x10ffff;
    private readonly bool _isText = array.ElementType.Kind == SharedArrayKind.Unicode;

    internal override string InArray(long offset)
    {
        List<uint> characters = Characters(offset);
        bool hasQuote = characters.Contains('\'');
        char quote = hasQuote && !characters.Contains('"') ? '"' : '\'';
        var text = new StringBuilder(_isText ? "" : "b").Append(quote);
        foreach (uint character in characters)
        {
            Append(text, character, quote);
        }

        return text.Append(quote).ToString();
    }

    internal override string Alone(long offset) =>
        _isText
            ? string.Concat(Characters(offset).Select(character => Rune.IsValid(character) ? new Rune(character).ToString() : "\ufffd"))
            : InArray(offset);

    private List<uint> Characters(long offset)
    {
        List<uint> characters = _isText ? [.. MemoryMarshal.Cast<byte, uint>(Bytes(offset))] : [];
        if (!_isText)
        {
            foreach (byte b in Bytes(offset))
            {
                characters.Add(b);
            }
        }

        int count = characters.FindLastIndex(character => character != 0) + 1;
        return characters[..count];
    }

    private void Append(StringBuilder text, uint character, char quote)
    {
        _ = character switch
        {
            '\\' => text.Append(@"\\"),
            '\n' => text.Append(@"\n"),
            '\r' => text.Append(@"\r"),
            '\t' => text.Append(@"\t"),
            _ when character == quote => text.Append('\\').Append(quote),
            >= ' ' and <= '~' => text.Append((char)character),
            <= byte.MaxValue when !_isText || !IsPrintable(character) => text.Append(CultureInfo.InvariantCulture, $"\\x{character:x2}"),
            _ when IsPrintable(character) => text.Append(new Rune(character).ToString()),
            <= char.MaxValue => text.Append(CultureInfo.InvariantCulture, $"\\u{character:x4}"),
            _ => text.Append(CultureInfo.InvariantCulture, $"\\U{character:x8}"),
        };
    }

    /// <summary>As Python's <c>str.isprintable</c>, of whatever version of Unicode .NET knows.</summary>
    private static bool IsPrintable(uint character) =>
        character <= LastCharacter && Rune.IsValid(character) && Rune.GetUnicodeCategory(new Rune(character)) is not
            (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
