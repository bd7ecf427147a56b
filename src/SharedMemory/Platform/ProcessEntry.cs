using System.Globalization;

namespace Multiprocessing;

/// <summary>A process of this machine, as it was when it was looked at.</summary>
/// <param name="Id">Its id, which may be another's later.</param>
/// <param name="ParentId">Its parent's; 0 where the system does not tell.</param>
/// <param name="Start">When it started, in the system's own ticks (Linux: 1/100 s since boot): with the id it names the process for good. 0 where that is not told.</param>
/// <param name="UserId">The user that it acts as; null where the system does not tell.</param>
/// <param name="Arguments">Its command line; empty of a kernel's thread, and of somebody else's process where that is not told.</param>
internal sealed record ProcessEntry(int Id, int ParentId, long Start, uint? UserId, string[] Arguments)
{
    /// <summary>The command line in one line.</summary>
    internal string CommandLine => string.Join(' ', Arguments);

    /// <summary>What names the process for good, as a text.</summary>
    internal string Key => string.Create(CultureInfo.InvariantCulture, $"{Id}/{Start}");
}
