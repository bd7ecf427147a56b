using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Multiprocessing;

/// <summary>Strings as UTF-8 and back, strictly: what cannot be said in UTF-8 is an error and no question mark.</summary>
internal static class Utf8Text
{
    /// <summary>The most bytes that one char becomes.</summary>
    internal const int MostBytesPerChar = 3;

    private const char Replacement = '\uFFFD';
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>How many bytes a text is.</summary>
    /// <exception cref="ArgumentException">It has a lone surrogate.</exception>
    internal static int Count(ReadOnlySpan<char> text, string? parameter)
    {
        try
        {
            return Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            throw LoneSurrogate(text, parameter);
        }
    }

    /// <summary>Writes a text whose bytes are known to fit.</summary>
    /// <returns>How many bytes.</returns>
    /// <exception cref="ArgumentException">It has a lone surrogate.</exception>
    internal static int Write(ReadOnlySpan<char> text, Span<byte> destination, string? parameter)
    {
        OperationStatus status = Utf8.FromUtf16(text, destination, out _, out int written, replaceInvalidSequences: false);
        return status == OperationStatus.Done ? written : throw LoneSurrogate(text, parameter);
    }

    /// <summary>Reads a text that another process may be writing right now.</summary>
    /// <returns>False if it is not UTF-8.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out string text)
    {
        try
        {
            text = Encoding.UTF8.GetString(bytes);
        }
        catch (ArgumentException)
        {
            // It grew between the decoder's measuring and its writing.
            text = "";
            return false;
        }

        // The lenient decoder is the faster one. A replacement is either its own, or one that was there: only then look closer.
        return !text.Contains(Replacement) || Utf8.IsValid(bytes);
    }

    private static ArgumentException LoneSurrogate(ReadOnlySpan<char> text, string? parameter)
    {
        int at = 0;
        while (at < text.Length && Rune.DecodeFromUtf16(text[at..], out _, out int used) == OperationStatus.Done)
        {
            at += used;
        }

        return new ArgumentException($"The text has a lone surrogate at character {at}, which UTF-8 cannot hold.", parameter);
    }
}
