namespace Multiprocessing;

/// <summary>
/// What tells a file from every other that had its name before or has it later: inode, the time when its status last changed, size. Linux only.
/// </summary>
internal readonly record struct FileVersion(ulong Inode, long ChangedSeconds, uint ChangedNanoseconds, long Size);
