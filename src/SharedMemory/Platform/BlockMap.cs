namespace Multiprocessing;

/// <summary>A block that a process has mapped.</summary>
/// <param name="ProcessId">Who.</param>
/// <param name="Name">The name by which it was opened.</param>
/// <param name="Inode">
/// What the block is, whatever name it has: a name that was unlinked and put back, as a guard does it, is that of the same block, and one that was made anew is not.
/// </param>
/// <param name="Bytes">How much of it is mapped, in whole pages; the sum, if it is mapped more than once.</param>
/// <param name="Count">How often it is mapped. (A part with other rights counts for itself.)</param>
/// <param name="IsDeleted">Whether the name by which it was opened was unlinked; the block may have it again, or others.</param>
internal sealed record BlockMap(int ProcessId, string Name, ulong Inode, long Bytes, int Count, bool IsDeleted);
