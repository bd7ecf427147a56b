namespace Multiprocessing;

/// <summary>A block that exists, as <see cref="SharedMemory.List"/> finds it.</summary>
/// <param name="Name">The name to attach by.</param>
/// <param name="Size">Its size in bytes; 0 while its creator has not sized it yet.</param>
/// <param name="Mode">Who may open it.</param>
/// <param name="OwnerUserId">The numeric id of the user that owns it.</param>
/// <param name="Kind">
/// What it begins with, if that is a structure of this library's own format: <c>mutex</c>, <c>ring</c>, …; null for all else, and for what this
/// user may not read.
/// </param>
public sealed record SharedMemoryInfo(string Name, long Size, UnixFileMode Mode, uint OwnerUserId, string? Kind)
{
    /// <summary>
    /// When it got its size; null where the system does not tell. (It is the time of the file's last change: what is written to a mapping the system does not note.)
    /// </summary>
    public DateTimeOffset? Created { get; init; }
}
