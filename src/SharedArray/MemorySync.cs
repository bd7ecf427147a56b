namespace Multiprocessing;

/// <summary>How <see cref="SharedArray.Flush"/> writes an array that is a file to that file: the flags of <c>msync(2)</c>.</summary>
/// <remarks>The numbers are those of the Python extension's <c>MS_ASYNC</c>, <c>MS_INVALIDATE</c> and <c>MS_SYNC</c>.</remarks>
[Flags]
public enum MemorySync
{
    /// <summary>Nothing: no valid argument.</summary>
    None = 0,

    /// <summary>Ask for it, and return at once.</summary>
    Async = 1,

    /// <summary>Have other mappings of the file see what is in it now. Alone, or with one of the other two.</summary>
    Invalidate = 2,

    /// <summary>Return when the bytes are on the disk.</summary>
    Sync = 4,
}
