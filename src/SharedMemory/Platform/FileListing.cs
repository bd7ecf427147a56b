namespace Multiprocessing;

/// <summary>How a folder is listed here.</summary>
internal static class FileListing
{
    /// <summary>Nothing is skipped: leases, hidden names and temporary files begin with a dot.</summary>
    internal static readonly EnumerationOptions HiddenToo = new() { AttributesToSkip = 0 };

    /// <summary>Likewise, with what is in its folders, as far as this user may look into them.</summary>
    internal static readonly EnumerationOptions FoldersToo = new() { AttributesToSkip = HiddenToo.AttributesToSkip, RecurseSubdirectories = true, IgnoreInaccessible = true };
}
