namespace Multiprocessing;

/// <summary>How a folder is listed here.</summary>
internal static class FileListing
{
    /// <summary>Nothing is skipped: leases, hidden names and temporary files begin with a dot.</summary>
    internal static readonly EnumerationOptions HiddenToo = new() { AttributesToSkip = 0 };
}
