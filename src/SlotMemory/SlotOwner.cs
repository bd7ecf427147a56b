namespace Multiprocessing;

/// <summary>What an owner word says. The id of a lease is 64 random bits, so nobody's process has one of these.</summary>
internal static class SlotOwner
{
    /// <summary>The slot is free.</summary>
    internal const ulong None = 0;

    /// <summary>In use since the table was read from its file: nobody's.</summary>
    internal const ulong Restored = ulong.MaxValue;

    /// <summary>In use because somebody wrote to it without a grab: nobody's. The free count of a file does not know of these.</summary>
    internal const ulong Marked = ulong.MaxValue - 1;

    /// <summary>Whether a process has it, which may die.</summary>
    internal static bool IsProcess(ulong owner) => owner is not (None or Restored or Marked);
}
