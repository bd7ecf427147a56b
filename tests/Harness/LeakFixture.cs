namespace Multiprocessing.Tests;

/// <summary>
/// Fails the run of a test assembly that leaves blocks, leases, sockets or processes behind:
/// <c>[assembly: AssemblyFixture(typeof(LeakFixture))]</c>.
/// </summary>
/// <remarks>
/// The exception makes <c>dotnet test</c> end with exit code 1, though its last line still says "Passed!". At its default verbosity it prints the headline "Test Assembly Cleanup Failure" only, at
/// <c>--logger "console;verbosity=normal"</c> the report too.
/// </remarks>
public sealed class LeakFixture : IDisposable
{
    private readonly Turn _turn = new();
    private readonly Watched _watched = new();

    /// <summary>Throws with a report when something is left behind, after removing it so that the next run is not hurt.</summary>
    public void Dispose()
    {
        try
        {
            _watched.Dispose();
        }
        finally
        {
            _turn.Dispose();
        }
    }

    private sealed class Watched() : LeakCheckFixture(ShmSnapshot.Options);
}
