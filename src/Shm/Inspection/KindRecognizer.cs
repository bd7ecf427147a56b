namespace Multiprocessing.Shm;

/// <summary>
/// Tells what is in a block: by the header of our structures, by the footer of an array, by the whole layout of a list; and by its name for a semaphore of the C library.
/// </summary>
/// <remarks>A list has no mark. It is taken for one if its items, their places and their formats fill the block to the byte; an empty one cannot be told from zeros, and is a block here.</remarks>
internal static class KindRecognizer
{
    /// <summary>What has no format that is known.</summary>
    internal const string Plain = "block";

    /// <summary>A semaphore by <c>sem_open(3)</c>, which Python's multiprocessing uses, too.</summary>
    internal const string PosixSemaphore = "posix-sem";

    internal const string List = "list";
    internal const string Array = "array";

    private const string SemaphorePrefix = "sem.";

    /// <summary>The kind of a block; <see cref="Plain"/> also for one that may not be read.</summary>
    internal static string KindOf(string name)
    {
        if (name.StartsWith(SemaphorePrefix, StringComparison.Ordinal))
        {
            return PosixSemaphore;
        }

        try
        {
            using var bytes = BlockBytes.Open(name);
            return KindOf(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            return Plain;
        }
    }

    /// <summary>The kind of a block that is open.</summary>
    internal static string KindOf(BlockBytes bytes)
    {
        Span<byte> start = stackalloc byte[StructureHeader.ByteSize];
        start = start[..bytes.Read(0, start)];
        return StructureHeader.KindOf(start) ?? (IsArray(bytes, out _) ? Array : ListRecognizer.IsList(bytes.Size, start, bytes.Read) ? List : Plain);
    }

    /// <summary>Whether there is the footer of an array, and what it says.</summary>
    internal static bool IsArray(BlockBytes bytes, out ArrayDescription found)
    {
        Span<byte> end = stackalloc byte[Footer.MostBytes];
        end = end[..(int)Math.Min(bytes.Size, end.Length)];
        found = default;
        return bytes.Read(bytes.Size - end.Length, end) == end.Length && Footer.TryRead(end, bytes.Size, out found) == FooterState.Array;
    }
}
