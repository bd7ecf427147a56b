namespace Multiprocessing.Shm;

/// <summary>A block that exists.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What is in it: see <see cref="KindRecognizer"/>.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Allocated">How many bytes of it are in memory, or in swap.</param>
/// <param name="Mode">Who may open it.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="IsOurs">Whether that is the user of this process.</param>
/// <param name="Created">When it got its size.</param>
/// <param name="Inode">What it is, whatever it is called.</param>
/// <param name="ManagerId">The manager that it belongs to, by its prefix or by a claim; null if none.</param>
/// <param name="IsGuarded">Whether it has a hidden second name, by which its manager puts the first one back.</param>
/// <param name="IsHidden">Whether only that hidden name is left.</param>
/// <param name="Processes">Who has it mapped, as far as that can be seen.</param>
internal sealed record BlockSight(
    string Name,
    string Kind,
    long Size,
    long Allocated,
    UnixFileMode Mode,
    uint UserId,
    bool IsOurs,
    DateTimeOffset Created,
    ulong Inode,
    string? ManagerId,
    bool IsGuarded,
    bool IsHidden,
    IReadOnlyList<ProcessSight> Processes);
