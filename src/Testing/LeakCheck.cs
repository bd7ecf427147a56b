using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Finds what a test leaves behind: <see cref="Start"/> notes what is there, <see cref="Verify"/> throws if there is more at the end. Blocks with their hidden names, leases, sockets, processes,
/// and of this process its descriptors, its mappings and the locks that its threads hold.
/// </summary>
/// <remarks>
/// <para>Disposing never throws, as that would hide the failure of the test in which it happens. A check that is disposed without a look, mostly because the test has failed, tells
/// <see cref="LeakCheckOptions.Log"/> what is left. So <see cref="Verify"/> is the last line of a test.</para>
/// <para>It sees the whole process: tests that run beside each other in one process are blamed for each other's. Other processes are told apart, see <see cref="LeakScope"/>.</para>
/// </remarks>
public sealed class LeakCheck : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly LeakCheckOptions _options;
    private readonly string _title;
    private readonly Snapshot _before;
    private bool _looked;
    private bool _disposed;

    private LeakCheck(LeakCheckOptions options, string since)
    {
        _options = options;
        _title = $"left behind since {since}";
        if (options.TrackCreators)
        {
            LeakRun.Track(options.RecordDirectory);
        }

        LeftByKilledRuns = KilledRuns.CleanUp(options.RecordDirectory ?? LeakRun.DefaultRoot);
        if (!LeftByKilledRuns.IsClean)
        {
            options.Log(LeftByKilledRuns.ToString());
        }

        _before = new Snapshot(options);
        LeakRun.Enter();
    }

    /// <summary>
    /// What runs of tests that were killed have left, with its makers: it was found and, as far as it is provably nobody's any more, removed when this check was started. It can be known of runs
    /// with <see cref="LeakCheckOptions.TrackCreators"/> and the same <see cref="LeakCheckOptions.RecordDirectory"/>. It is no leak of this check's.
    /// </summary>
    public LeakReport LeftByKilledRuns { get; }

    /// <summary>Notes what is there.</summary>
    /// <param name="options">What to look for, and whose.</param>
    /// <param name="member">By the compiler: who calls, for the report.</param>
    /// <param name="file">By the compiler.</param>
    /// <param name="line">By the compiler.</param>
    /// <exception cref="UnauthorizedAccessException">Makers are to be written down in a folder that is another user's, or in which others may write.</exception>
    public static LeakCheck Start(
        LeakCheckOptions? options = null, [CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        options ??= LeakCheckOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Grace, TimeSpan.Zero, nameof(options));
        return new LeakCheck(options, $"{member} ({Path.GetFileName(file)}:{line})");
    }

    /// <summary>The same, of a test that is known by its name.</summary>
    internal static LeakCheck StartFor(string since, LeakCheckOptions options) => new(options, since);

    /// <summary>What is left now; waits while there is something, up to <see cref="LeakCheckOptions.Grace"/>, as some of it may be going.</summary>
    /// <exception cref="ObjectDisposedException">The check is disposed.</exception>
    public LeakReport Check()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _looked = true;
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            List<Leak> leaks = _before.Look();
            if (leaks.Count == 0 || Stopwatch.GetElapsedTime(start) >= _options.Grace)
            {
                return new LeakReport(leaks.Count == 0 ? _title : _title + Later + Hint(leaks), leaks);
            }

            Thread.Sleep(Pause);
        }
    }

    /// <summary>Throws if something is left.</summary>
    /// <exception cref="LeakException">The message says what, and who made it, where that was written down.</exception>
    /// <inheritdoc cref="Check"/>
    public void Verify()
    {
        LeakReport report = Check();
        if (!report.IsClean)
        {
            throw new LeakException(report);
        }
    }

    /// <summary>
    /// Removes what is left, so that the next test is not hurt: ends the processes that this one has started, unlinks names that nobody else's process has mapped, and deletes sockets. Descriptors, mappings
    /// and locks it cannot.
    /// </summary>
    /// <returns>What is there still.</returns>
    /// <exception cref="ObjectDisposedException">The check is disposed.</exception>
    public LeakReport RemoveLeaks()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Remover.Remove(_before.Look());
        return new LeakReport($"{_title}, after it was cleaned up", _before.Look());
    }

    /// <summary>Ends the check. Tells <see cref="LeakCheckOptions.Log"/> what is left if nobody has asked.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        if (!_looked && Check() is { IsClean: false } report)
        {
            _options.Log(report.ToString());
        }

        _disposed = true;
        LeakRun.Leave();
    }

    private string Later => _options.Grace == TimeSpan.Zero ? "" : $", {_options.Grace.TotalSeconds:0.###} s later still";

    private string Hint(List<Leak> leaks) =>
        _options.TrackCreators || leaks.TrueForAll(static leak => leak.Creators.Count > 0) ? ":" : " (LeakCheckOptions.TrackCreators names who made it):";
}
