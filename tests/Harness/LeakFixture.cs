namespace Multiprocessing.Tests;

/// <summary>
/// Fails the run of a test assembly that leaves blocks, sockets or processes behind:
/// <c>[assembly: AssemblyFixture(typeof(LeakFixture))]</c>.
/// </summary>
/// <remarks>
/// /dev/shm belongs to the whole machine, so the assemblies take turns: the fixture holds a lock on a file
/// while its assembly runs, even if <c>dotnet test</c> has started several.
/// </remarks>
public sealed class LeakFixture : IDisposable
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromMinutes(30);

    private readonly FileStream _turn;
    private readonly ShmSnapshot _before;

    /// <summary>Waits for the turn of this assembly, and notes what is there.</summary>
    public LeakFixture()
    {
        FileStream? turn = null;
        Eventually.True(() => (turn = TryTakeTurn()) is not null, "the test assemblies before this one have ended", TurnLimit);
        _turn = turn!;
        _before = ShmSnapshot.Take();
    }

    /// <summary>Throws with a report when something is left behind, after removing it so that the next run is not hurt.</summary>
    /// <remarks>
    /// The exception makes <c>dotnet test</c> end with exit code 1, though its last line still says "Passed!".
    /// At its default verbosity it prints the headline "Test Assembly Cleanup Failure" only, at <c>--logger "console;verbosity=normal"</c>
    /// the report too.
    /// </remarks>
    public void Dispose()
    {
        try
        {
            _before.AssertUnchanged(beforeEachLook: SweepLeases);
        }
        catch
        {
            _before.RemoveLeaks();
            throw;
        }
        finally
        {
            _turn.Dispose();
        }
    }

    /// <summary>
    /// Removes the leases of processes that a test has killed, as any of the library's own sweeps would: until one comes they lie there by design, and not every test that
    /// kills has one after it. A lease is a dead process's if its lock can be had.
    /// </summary>
    private static void SweepLeases()
    {
        foreach (string path in ProcFs.Leases())
        {
            try
            {
                using var lease = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its process lives, or it is gone meanwhile.
            }
        }
    }

    private static FileStream? TryTakeTurn()
    {
        try
        {
            // FileShare.None is an flock, which the kernel drops when a run is killed. The file itself stays.
            string path = Path.Combine(Path.GetTempPath(), "multiprocessing-tests.lock");
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
