using System.Globalization;

namespace Multiprocessing;

/// <summary>
/// The run of tests that this process is: a mark that all processes inherit that it starts, by which they are told from other people's even when their parents have ended, and, once
/// something is to be written down, a folder of its own.
/// </summary>
/// <remarks>
/// <code>
/// TEMP/multiprocessing-leaks-UID/          of this user alone, shared by the runs of all projects
///   0123456789abcdef/                      a run, by its mark
///     run.lease                            locked for as long as the test process lives
///     PID-START-xxxx.lease, .jsonl         a process of the run, see <see cref="CreatorLog"/>
/// </code>
/// The folder goes when its process ends with all its checks closed. What a kill leaves is a folder whose lease is free: see <see cref="KilledRuns"/>.
/// </remarks>
internal static class LeakRun
{
    /// <summary>What marks processes; a run within a run adds its mark to that of the outer.</summary>
    internal const string MarkVariable = "MULTIPROCESSING_LEAK_CHECK";

    /// <summary>The lease in the folder of a run.</summary>
    internal const string LeaseName = "run" + LeaseFile.Suffix;

    private const char Separator = '/';
    private const int MarkBytes = 8;

    private static readonly Lock Guard = new();
    private static LeaseFile? _lease;
    private static int _openChecks;

    static LeakRun()
    {
        string? outer = Environment.GetEnvironmentVariable(MarkVariable);
        Environment.SetEnvironmentVariable(MarkVariable, outer is null ? Mark : $"{outer}{Separator}{Mark}");
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => End();
    }

    /// <summary>This run's.</summary>
    internal static string Mark { get; } = BlockName.RandomHex(MarkBytes);

    /// <summary>Where its processes write down what they make; null if they do not.</summary>
    internal static string? Folder { get; private set; }

    /// <summary>Where the runs of this user have their folders by default.</summary>
    internal static string DefaultRoot { get; } = Path.Combine(
        Path.GetTempPath(),
        "multiprocessing-leaks-" + (ProcessTable.Find(Environment.ProcessId)?.UserId?.ToString(CultureInfo.InvariantCulture) ?? Environment.UserName));

    /// <summary>Whether a process was started by this run, whoever of it did.</summary>
    internal static bool HasStarted(int processId) => HasMark(processId, Mark);

    /// <summary>Whether a process was started by a run.</summary>
    internal static bool HasMark(int processId, string mark) => ProcessTable.Environment(processId)
        .Any(variable => variable.StartsWith(MarkVariable + "=", StringComparison.Ordinal)
            && variable[(MarkVariable.Length + 1)..].Split(Separator).Contains(mark));

    /// <summary>A check begins.</summary>
    internal static void Enter() => Interlocked.Increment(ref _openChecks);

    /// <summary>And has been closed.</summary>
    internal static void Leave() => Interlocked.Decrement(ref _openChecks);

    /// <summary>Has makers written down from now on, in the folder of the run that this one is part of, if that does it already and no other is asked for.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is somebody else's, or others may write there.</exception>
    internal static void Track(string? root)
    {
        lock (Guard)
        {
            if (Folder is not null)
            {
                return;
            }

            if (root is null && CreatorLog.Current is CreatorLog outer)
            {
                Folder = Path.GetDirectoryName(outer.Path);
                return;
            }

            string folder = Path.Combine(Root(root ?? DefaultRoot), Mark);
            Directory.CreateDirectory(folder);
            _lease = LeaseFile.TryCreate(Path.Combine(folder, LeaseName), $"process {Environment.ProcessId}\n");
            Environment.SetEnvironmentVariable(CreatorLog.EnvironmentVariable, folder);
            CreatorLog.Begin(folder);
            Folder = folder;
        }
    }

    /// <summary>Makes the folder of the runs for this user alone: what stands in it is believed when others' leavings are removed.</summary>
    private static string Root(string root)
    {
        if (OperatingSystem.IsWindows())
        {
            return Directory.CreateDirectory(root).FullName;
        }

        const UnixFileMode Alone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(root, Alone);
        return IsOurs(root) ? root : throw new UnauthorizedAccessException($"'{root}' is another user's, or others may write there: no records of leaks are kept in it.");
    }

    /// <summary>Whether a folder is this user's, and nobody else may write there.</summary>
    internal static bool IsOurs(string root)
    {
        if (!OperatingSystem.IsLinux())
        {
            return OperatingSystem.IsWindows() || (File.GetUnixFileMode(root) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0;
        }

        return FileStatus.TryOfPath(root, followLinks: false, out FileStatus status) && status.IsOurs
            && (status.Mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0;
    }

    /// <summary>An end with open checks is one that nobody has looked at: its records stay for the next run.</summary>
    private static void End()
    {
        lock (Guard)
        {
            if (_lease is null || Volatile.Read(ref _openChecks) > 0)
            {
                return;
            }

            CreatorLog.End();
            _lease.Remove();
            _lease.Dispose();
            try
            {
                Directory.Delete(Folder!, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A child of the run is at it: then the next run takes it away.
            }
        }
    }
}
