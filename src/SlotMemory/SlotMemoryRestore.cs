namespace Multiprocessing;

/// <summary>What became of a table's file when the table was made.</summary>
public enum SlotMemoryRestoreOutcome
{
    /// <summary>The table is kept in no file, or was attached to.</summary>
    None,

    /// <summary>There was no file yet: the table is empty.</summary>
    NoFile,

    /// <summary>The table is as it was saved.</summary>
    Restored,

    /// <summary>The file was of another geometry or type, and what fits was taken over (<see cref="SlotMemoryOptions.Migrate"/>).</summary>
    Migrated,

    /// <summary>The file was not a whole one of this geometry and type: the table is empty.</summary>
    Rejected,
}

/// <summary>What became of a table's file when the table was made, and why.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Reason">What was found, if it was not what was expected.</param>
/// <param name="KeptAs">Where the old file is now, if it was put aside.</param>
/// <param name="LostSlots">Slots in use of the old file that the table has no room for.</param>
/// <param name="CutSlots">Slots of which bytes other than 0 were cut off, as the slots of the table are shorter.</param>
public sealed record SlotMemoryRestore(
    SlotMemoryRestoreOutcome Outcome, string? Reason = null, string? KeptAs = null, int LostSlots = 0, int CutSlots = 0)
{
    internal static readonly SlotMemoryRestore None = new(SlotMemoryRestoreOutcome.None);
}
