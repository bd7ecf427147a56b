namespace Multiprocessing;

/// <summary>
/// A file that says "I live" for as long as its lock is held. The kernel lets the lock go when the last process that holds it is gone, however
/// it went: so whether its holder is dead is answered by getting the lock, and by nothing else. A pid may be somebody else's by now, a stopped
/// process does not answer, another PID namespace has other numbers; a lock has none of that.
/// </summary>
/// <remarks>
/// Unknown means alive: a lease that may not be opened is held. Exactly one of those who want to clean up gets the lock, and looks then whether the file is
/// still there under its name: if not, another has cleaned up before.
/// </remarks>
internal abstract class LeaseFile : IDisposable
{
    /// <summary>How the names of all leases end.</summary>
    internal const string Suffix = ".lease";

    /// <summary>Where leases lie: beside the blocks, so that who sees the one sees the other.</summary>
    internal static string Directory { get; } = OperatingSystem.IsLinux() ? "/dev/shm" : Path.GetTempPath();

    /// <summary>Whether a file is a lease of ours, by its name.</summary>
    internal static bool IsName(string name) =>
        name.StartsWith(BlockName.GuardPrefix + BlockName.Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>The names of the leases that begin so.</summary>
    internal static IEnumerable<string> Names(string prefix) =>
        System.IO.Directory.EnumerateFiles(Directory, $"{prefix}*{Suffix}", FileListing.HiddenToo).Select(path => Path.GetFileName(path));

    /// <summary>The text that its maker wrote into it.</summary>
    internal abstract string Content { get; }

    /// <summary>The descriptor, for a child process that is to hold the lease too; -1 where that cannot be.</summary>
    internal abstract int Descriptor { get; }

    /// <summary>
    /// Makes a lease and holds it, where the system can so that nobody sees it before <see cref="TryPublish"/>: a death until then leaves nothing.
    /// Null if there is one of that name.
    /// </summary>
    /// <param name="name">Its name in <see cref="Directory"/>, or the full path of a lease that lies elsewhere; so in all that take a name.</param>
    /// <param name="content">What stands in it.</param>
    internal static LeaseFile? TryPrepare(string name, string content)
    {
        CreatorLog.Current?.Made("lease", name);
        return OperatingSystem.IsWindows() ? WindowsLeaseFile.Create(name, content) : PosixLeaseFile.Prepare(name, content);
    }

    /// <summary>Makes a lease that all can see, and holds it; null if there is one of that name.</summary>
    internal static LeaseFile? TryCreate(string name, string content)
    {
        LeaseFile? lease = TryPrepare(name, content);
        if (lease is null || lease.TryPublish())
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    /// <summary>Gets the lock of a lease whose holders are all dead; null if one of them lives, or that cannot be told, or it is gone.</summary>
    internal static LeaseFile? TryWin(string name) =>
        OperatingSystem.IsWindows() ? WindowsLeaseFile.Win(name) : PosixLeaseFile.Win(name);

    /// <summary>
    /// What a lease tells, to show and never to clean up by: between this and a removal a lock changes hands. Null if there is none of that name. (The lock is asked for and let go at once; who
    /// wants to win it in the same instant does not, and comes again.)
    /// </summary>
    internal static LeaseLook? Look(string name) =>
        OperatingSystem.IsWindows() ? WindowsLeaseFile.LookAt(name) : PosixLeaseFile.LookAt(name);

    /// <summary>Whether there is such a lease, held or not.</summary>
    internal static bool Exists(string name) => File.Exists(Path.Combine(Directory, name));

    /// <summary>Gives a prepared lease its name; false if that is taken.</summary>
    internal abstract bool TryPublish();

    /// <summary>Takes the file away; to be called while the lock is held.</summary>
    internal abstract void Remove();

    /// <summary>Lets the lock go. A file that was not removed says then that its holder died.</summary>
    public abstract void Dispose();
}
