using System.Text;

namespace Multiprocessing.Shm;

/// <summary>
/// Where the program writes. Colours, signs beyond ASCII and cuts are for terminals only: what is piped is plain and whole. (By hand and without a package for that: it is
/// some escape codes, and loading one takes longer than all the rest of <c>shm ls</c>.)
/// </summary>
internal static class Screen
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private static int? _width;

    /// <summary>Whether somebody reads it on a terminal.</summary>
    internal static bool IsTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>Whether to use colours: at a terminal that has them, unless NO_COLOR is set to anything (no-color.org).</summary>
    internal static bool HasColours { get; } =
        IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or "");

    /// <summary>How many columns a terminal has; as many as there may be where there is none.</summary>
    internal static int Width => _width ??= IsTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : int.MaxValue;

    /// <summary>Has the width measured again: a terminal may have changed.</summary>
    internal static void Measure() => _width = null;

    /// <summary>Writes to the standard output.</summary>
    internal static void Write(string text) => Write(Utf8.GetBytes(text));

    /// <inheritdoc cref="Write(string)"/>
    internal static void Write(ReadOnlySpan<byte> bytes)
    {
        using Stream output = Console.OpenStandardOutput();
        output.Write(bytes);
        output.Flush();
    }

    /// <summary>Writes a line to the standard error: for what went wrong.</summary>
    internal static void WriteError(string message) => Console.Error.WriteLine($"shm: {message}");

    /// <summary>A text in a colour, where there are colours.</summary>
    internal static string Paint(string text, Colour colour) => HasColours && colour != Colour.None ? $"\e[{(int)colour}m{text}\e[0m" : text;
}
