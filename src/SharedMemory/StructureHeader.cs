using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Multiprocessing;

/// <summary>What every structure of our own begins with, at the start of its block or at the offset where it was placed.</summary>
/// <remarks>
/// <code>
///  offset  size  field
///       0     8  magic     "MPSHARED", written last: until then the structure is not there
///       8     4  version   of the layout of this kind, from 1
///      12     4  flavour   of what differs between systems: the mutex within (<see cref="IMutexBackend.Flavour"/>); 0 if there is none
///      16     8  kind      ASCII, filled up with NULs: "mutex", "slots", "ring", …
///      24     8  size      of the whole structure in bytes, this header included
/// </code>
/// A death before the magic leaves a block that no one takes for the structure, and that its maker's manager unlinks.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = ByteSize)]
internal unsafe struct StructureHeader
{
    /// <summary>The bytes it takes; what follows is aligned to 32.</summary>
    internal const int ByteSize = 32;

    private const int MostKindBytes = 8;

    /// <summary>How long an attacher waits for a creator who has sized the block and not yet finished the structure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private static ReadOnlySpan<byte> MagicText => "MPSHARED"u8;

    [FieldOffset(0)]
    private ulong _magic;

    [FieldOffset(8)]
    private uint _version;

    [FieldOffset(12)]
    private uint _flavour;

    [FieldOffset(16)]
    private ulong _kind;

    [FieldOffset(24)]
    private ulong _size;

    /// <summary>Writes the header and, last of all, the magic: call it when all else of the structure is in its place.</summary>
    internal static void Publish(byte* at, string kind, uint version, long size, uint flavour = 0)
    {
        Debug.Assert(kind.Length <= MostKindBytes, "A kind is at most eight letters.");
        var header = (StructureHeader*)at;
        header->_version = version;
        header->_flavour = flavour;
        header->_kind = Pack(kind);
        header->_size = (ulong)size;
        Volatile.Write(ref header->_magic, MemoryMarshal.Read<ulong>(MagicText));
        CreatorLog.Current?.Placed((nint)at, kind);
    }

    /// <summary>Makes the structure unknown again, before its memory is given back to who lent it.</summary>
    internal static void Withdraw(byte* at) => Volatile.Write(ref ((StructureHeader*)at)->_magic, 0);

    /// <summary>Checks that the structure of this kind and version is there, and returns its size in bytes.</summary>
    /// <param name="at">Where it should be.</param>
    /// <param name="available">How many bytes of the block there are from there on.</param>
    /// <param name="kind">What it should be.</param>
    /// <param name="version">The layout that the caller knows.</param>
    /// <param name="where">The block, for the message.</param>
    /// <param name="flavour">What the caller has.</param>
    /// <exception cref="InvalidDataException">It is something else, of another version, not finished, or larger than the block.</exception>
    internal static long Check(byte* at, long available, string kind, uint version, string where, uint flavour = 0)
    {
        if (available < ByteSize)
        {
            throw new InvalidDataException($"'{where}' has {available} bytes from there on, too few for a {kind}.");
        }

        var header = (StructureHeader*)at;
        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref header->_magic) == 0 && Stopwatch.GetElapsedTime(start) < Patience)
        {
            Thread.Sleep(1);
        }

        if (header->_magic == 0)
        {
            throw new InvalidDataException($"'{where}' holds no finished {kind}: its maker has not come to that yet, died before, or made something else.");
        }

        if (header->_magic != MemoryMarshal.Read<ulong>(MagicText))
        {
            throw new InvalidDataException($"'{where}' is no {kind}: it begins with {Printable(new ReadOnlySpan<byte>(at, sizeof(ulong)))}, not with {Printable(MagicText)}.");
        }

        if (header->_kind != Pack(kind))
        {
            throw new InvalidDataException($"'{where}' is not a {kind} but a {KindOf(new ReadOnlySpan<byte>(at, ByteSize))}.");
        }

        if (header->_version != version)
        {
            throw new InvalidDataException($"'{where}' is a {kind} of layout {header->_version}; this library knows {version}.");
        }

        if (header->_flavour != flavour)
        {
            throw new InvalidDataException(
                $"'{where}' is a {kind} whose mutex is of another sort ({header->_flavour}) than that of this process ({flavour}): of another system, or another C library.");
        }

        return header->_size >= ByteSize && header->_size <= (ulong)available
            ? (long)header->_size
            : throw new InvalidDataException($"'{where}' is a {kind} that says it has {header->_size} bytes, but {available} are there.");
    }

    /// <summary>The kind of structure that begins with these bytes; null if it is none of ours.</summary>
    internal static string? KindOf(ReadOnlySpan<byte> start)
    {
        if (start.Length < ByteSize || !start.StartsWith(MagicText))
        {
            return null;
        }

        ReadOnlySpan<byte> kind = start.Slice(16, MostKindBytes).TrimEnd((byte)0);
        return kind.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0 && !kind.IsEmpty ? Encoding.ASCII.GetString(kind) : null;
    }

    private static ulong Pack(string kind)
    {
        Span<byte> bytes = stackalloc byte[MostKindBytes];
        bytes.Clear();
        Encoding.ASCII.GetBytes(kind, bytes);
        return MemoryMarshal.Read<ulong>(bytes);
    }

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte b in bytes)
        {
            _ = b is >= (byte)' ' and <= (byte)'~' ? text.Append((char)b) : text.Append($"\\x{b:x2}");
        }

        return $"'{text}'";
    }
}
