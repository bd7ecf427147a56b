using System.Globalization;
using System.Text;

namespace WordCount;

/// <summary>
/// Counts words: runs of letters, decimal digits and the marks upon them, in lower case. All else separates them, what is no UTF-8 too.
/// </summary>
internal sealed class WordCounter
{
    private readonly Dictionary<string, long> _counts = [];
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private char[] _word = new char[64];
    private int _length;

    internal WordCounter() => _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();

    internal IReadOnlyDictionary<string, long> Counts => _counts;

    internal long Words { get; private set; }

    internal long Lines { get; private set; }

    internal void Add(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            // What is no UTF-8 comes as U+FFFD, which is no letter.
            Rune.DecodeFromUtf8(text, out Rune rune, out int bytes);
            text = text[bytes..];
            if (IsOfWord(rune))
            {
                Append(Rune.ToLowerInvariant(rune));
                continue;
            }

            EndWord();
            Lines += rune.Value == '\n' ? 1 : 0;
        }

        EndWord();
    }

    private static bool IsOfWord(Rune rune) =>
        Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private void Append(Rune rune)
    {
        if (_length + rune.Utf16SequenceLength > _word.Length)
        {
            Array.Resize(ref _word, 2 * _word.Length);
        }

        _length += rune.EncodeToUtf16(_word.AsSpan(_length));
    }

    private void EndWord()
    {
        if (_length > 0)
        {
            ReadOnlySpan<char> word = _word.AsSpan(0, _length);
            _lookup[word] = _lookup.TryGetValue(word, out long times) ? times + 1 : 1;
            _length = 0;
            Words++;
        }
    }
}
