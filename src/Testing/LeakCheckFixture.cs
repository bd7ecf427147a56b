namespace Multiprocessing;

/// <summary>
/// Fails a run of tests that leaves something behind: as a fixture of the assembly, <c>[assembly: AssemblyFixture(typeof(LeakCheckFixture))]</c>, of a collection or of a class. For other options derive from it.
/// </summary>
/// <remarks>
/// Unlike a <see cref="LeakCheck"/> it throws when it is disposed: what xunit runs then is no test any more whose failure could be hidden. It reports that as the failure of the clean-up, and
/// <c>dotnet test</c> ends with exit code 1.
/// </remarks>
public class LeakCheckFixture : IDisposable
{
    private readonly bool _removeLeaks;

    /// <summary>Notes what is there.</summary>
    public LeakCheckFixture()
        : this(new LeakCheckOptions())
    {
    }

    /// <summary>Notes what is there.</summary>
    /// <param name="options">What to look for, and whose.</param>
    /// <param name="removeLeaks">Whether what is left is removed once it was reported, so that the next run is not hurt.</param>
    protected LeakCheckFixture(LeakCheckOptions options, bool removeLeaks = true)
    {
        ArgumentNullException.ThrowIfNull(options);
        _removeLeaks = removeLeaks;
        Check = LeakCheck.StartFor(GetType().Name, options);
    }

    /// <summary>The check, for a test that wants to look in the middle.</summary>
    public LeakCheck Check { get; }

    /// <summary>Looks.</summary>
    /// <exception cref="LeakException">Something is left behind.</exception>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Looks.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    /// <exception cref="LeakException">Something is left behind.</exception>
    protected virtual void Dispose(bool disposing)
    {
        try
        {
            Check.Verify();
        }
        catch (LeakException) when (_removeLeaks)
        {
            Check.RemoveLeaks();
            throw;
        }
        finally
        {
            Check.Dispose();
        }
    }
}
