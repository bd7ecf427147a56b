using System.Text;

namespace Multiprocessing;

/// <summary>
/// The checked name of a block: either a name in the system's shared memory (<c>psm_1a2b3c4d</c>)
/// or the full path of a file (<c>file:///var/data/x.bin</c>).
/// </summary>
internal readonly record struct BlockName(bool IsFile, string Text)
{
    internal const string FileScheme = "file://";
    internal const string Prefix = "psm_";
    internal const string GuardPrefix = ".";
    private const int ManagedPrefixLength = 17;
    private const string HexDigits = "0123456789abcdef";
    private const int AutomaticBytes = 4;

    /// <summary>Refuses text that has no UTF-8 (half a surrogate pair), of which two different names would become the same bytes.</summary>
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>CPython's form: <c>psm_</c> and 8 random hex digits, short enough for every system.</summary>
    internal static BlockName Automatic() =>
        new(false, Prefix + RandomHex(AutomaticBytes));

    /// <summary>Random hex digits that nobody can guess, two a byte.</summary>
    internal static string RandomHex(int bytes)
    {
        Span<byte> random = stackalloc byte[bytes];
        BlockBackend.Current.FillRandom(random);

        // By hand: the framework's vectorised way takes 2.6 ms of a program's start to compile.
        Span<char> digits = stackalloc char[2 * bytes];
        for (int i = 0; i < digits.Length; i++)
        {
            digits[i] = HexDigits[(random[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xf];
        }

        return new string(digits);
    }

    /// <summary>Takes a name as users write it: plain, or <c>file://</c> and a path.</summary>
    internal static BlockName Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith(FileScheme, StringComparison.Ordinal) ? ForFile(name[FileScheme.Length..]) : ForShared(name);
    }

    /// <summary>Takes the path of a file as the name.</summary>
    internal static BlockName ForFile(string name)
    {
        if (name.Length == 0)
        {
            throw new ArgumentException("The path of a block must not be empty.", nameof(name));
        }

        if (name.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("The path of a block must not contain a NUL character.", nameof(name));
        }

        Utf8Length(name);
        return new BlockName(true, Path.GetFullPath(name));
    }

    /// <summary>
    /// The hidden second name that a manager's server gives a block of its own, so that the block survives somebody who unlinks what he only
    /// attached to: <c>.NAME</c>. Null for a name that no manager made, which has none.
    /// </summary>
    /// <remarks>A manager's names are <c>psm_</c>, 12 hex digits, <c>_</c> and more.</remarks>
    internal BlockName? Guard =>
        !IsFile && Text.Length > ManagedPrefixLength && Text[ManagedPrefixLength - 1] == '_'
            && Text.StartsWith(Prefix, StringComparison.Ordinal)
            && IsHex(Text.AsSpan(Prefix.Length, ManagedPrefixLength - 1 - Prefix.Length))
            ? new BlockName(false, GuardPrefix + Text)
            : null;

    /// <summary>Whether a name is no block's own: a lease, or the hidden second name of a block.</summary>
    internal static bool IsOfTheHouse(string name) =>
        LeaseFile.IsName(name)
        || (name.StartsWith(GuardPrefix + Prefix, StringComparison.Ordinal) && new BlockName(false, name[GuardPrefix.Length..]).Guard is not null);

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f')))
            {
                return false;
            }
        }

        return true;
    }

    private static BlockName ForShared(string name)
    {
        if (name.Length == 0)
        {
            throw new ArgumentException("The name of a block must not be empty.", nameof(name));
        }

        if (name.AsSpan().IndexOfAny('/', '\0') >= 0)
        {
            throw new ArgumentException(
                $"The name of a block must not contain '/' or a NUL character, but '{name}' does.", nameof(name));
        }

        if (name is "." or "..")
        {
            throw new ArgumentException($"'{name}' is a directory, not the name of a block.", nameof(name));
        }

        int bytes = Utf8Length(name);
        int most = BlockBackend.Current.MaxNameBytes;
        if (bytes > most)
        {
            throw new ArgumentException($"The name of a block has at most {most} bytes here, but '{name}' has {bytes}.", nameof(name));
        }

        return new BlockName(false, name);
    }

    private static int Utf8Length(string name)
    {
        try
        {
            return StrictUtf8.GetByteCount(name);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException(
                "The name of a block must be valid Unicode, but this one has half of a surrogate pair.", nameof(name), e);
        }
    }

    public override string ToString() => IsFile ? FileScheme + Text : Text;
}
