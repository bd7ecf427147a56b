namespace Multiprocessing;

/// <summary>
/// Which processes have which blocks mapped, as far as the system tells: Linux, by <c>/proc/PID/maps</c>. Elsewhere nothing is known.
/// </summary>
/// <param name="IsKnown">Whether this system tells it at all.</param>
/// <param name="Maps">What is mapped, one a process and block, in order of the processes.</param>
/// <param name="UnreadableProcesses">How many processes may not be looked at: another user's, so that a block without a map may be mapped all the same.</param>
internal sealed record BlockMaps(bool IsKnown, IReadOnlyList<BlockMap> Maps, int UnreadableProcesses)
{
    private static readonly BlockMaps Unknown = new(false, [], 0);

    /// <summary>Of all processes.</summary>
    internal static BlockMaps Read() => OperatingSystem.IsLinux() ? LinuxMaps.Read(null) : Unknown;

    /// <summary>Of one; counted as unreadable if it may not be looked at, and without a map if it has ended.</summary>
    internal static BlockMaps Of(int processId) => OperatingSystem.IsLinux() ? LinuxMaps.Read(processId) : Unknown;
}
