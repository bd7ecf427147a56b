using System.Globalization;

namespace Multiprocessing;

/// <summary>What an area is made of: so many bytes in a block of its own, or a file, a descriptor, or memory that is there already.</summary>
/// <remarks>At most one of <see cref="File"/>, <see cref="FileDescriptor"/> and <see cref="Pointer"/> is given.</remarks>
public sealed record SharedAreaOptions
{
    /// <summary>The size of a page in <see cref="Pages"/>: that of the system.</summary>
    public static int PageSize => Environment.SystemPageSize;

    /// <summary>The size in pages of <see cref="PageSize"/> bytes; 0 if <see cref="Size"/> says it.</summary>
    public long Pages { get; init; }

    /// <summary>The size in bytes, exactly; 0 if <see cref="Pages"/> says it, or, for a file, for all that is there from <see cref="Offset"/> on.</summary>
    public long Size { get; init; }

    /// <summary>The path of a file that exists: its bytes are the area's, and nothing else is in it.</summary>
    public string? File { get; init; }

    /// <summary>Where in the file the area begins, in bytes. It need not be a multiple of the page size.</summary>
    public long Offset { get; init; }

    /// <summary>An open file of this process, which is mapped as <see cref="File"/> is. It may be closed after the creation. Not on Windows.</summary>
    public int? FileDescriptor { get; init; }

    /// <summary>
    /// Memory of the caller's that outlives the area; <see cref="Size"/> says how much. If it is shared with other processes, they give their own address of it
    /// to <see cref="SharedArea.Attach(string, nint)"/>.
    /// </summary>
#pragma warning disable CA1720 // The word of the option, and of uWSGI.
    public nint Pointer { get; init; }
#pragma warning restore CA1720

    /// <summary>The name of the block; null for a random one. A file, which is its own name, takes none.</summary>
    public string? Name { get; init; }

    /// <summary>Who may open the block, and whether its pages are reserved. A file keeps its own mode.</summary>
    public SharedMemoryOptions? Block { get; init; }

    /// <summary>
    /// Reads what uWSGI's <c>--sharedarea</c> takes: a number of pages, or <c>key=value</c> pairs with commas between them. The keys are <c>pages</c>, <c>size</c>,
    /// <c>file</c>, <c>offset</c>, <c>fd</c> and <c>ptr</c>, and here also <c>name</c>.
    /// </summary>
    /// <param name="text">Numbers are decimal or begin with 0x; a size or offset may end in k, m or g.</param>
    /// <exception cref="ArgumentException">There is another key, the same twice, or no number where one should be.</exception>
    public static SharedAreaOptions Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Contains('=', StringComparison.Ordinal))
        {
            return new SharedAreaOptions { Pages = Number("pages", text, units: false) };
        }

        var options = new SharedAreaOptions();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string pair in text.Split(','))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? pair.Trim() : pair[..equals].Trim();
            string value = equals < 0 ? "" : pair[(equals + 1)..];
            if (!seen.Add(key))
            {
                throw new ArgumentException($"'{key}' is there twice in '{text}'.", nameof(text));
            }

            options = key switch
            {
                "pages" => options with { Pages = Number(key, value, units: false) },
                "size" => options with { Size = Number(key, value, units: true) },
                "file" => options with { File = value },
                "offset" => options with { Offset = Number(key, value, units: true) },
                "fd" => options with { FileDescriptor = checked((int)Number(key, value, units: false)) },
                "ptr" => options with { Pointer = (nint)Number(key, value, units: false) },
                "name" => options with { Name = value },
                _ => throw new ArgumentException($"An area has no '{key}': pages, size, file, offset, fd, ptr and name are what it has.", nameof(text)),
            };
        }

        return options;
    }

    /// <summary>The size in bytes that was asked for, 0 if none was.</summary>
    internal long AskedSize()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Pages);
        ArgumentOutOfRangeException.ThrowIfNegative(Size);
        ArgumentOutOfRangeException.ThrowIfNegative(Offset);
        if (Pages > long.MaxValue / PageSize)
        {
            throw new ArgumentOutOfRangeException(nameof(Pages), Pages, "So many pages are more bytes than can be counted.");
        }

        return Pages == 0 || Size == 0 || Size == Pages * PageSize
            ? Math.Max(Size, Pages * PageSize)
            : throw new ArgumentException($"{Pages} pages are {Pages * PageSize} bytes, but the size is to be {Size}: say one of them.");
    }

    private static long Number(string key, string text, bool units)
    {
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        int shift = 0;
        if (units && digits.Length > 0)
        {
            shift = char.ToLowerInvariant(digits[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
            digits = shift > 0 ? digits[..^1] : digits;
        }

        bool isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool isNumber = isHex
            ? long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long number)
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        return isNumber && number >= 0 && number <= long.MaxValue >> shift
            ? number << shift
            : throw new ArgumentException($"'{text}' is no number for '{key}'.", nameof(text));
    }
}
