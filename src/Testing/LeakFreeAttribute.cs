using System.Collections.Concurrent;
using System.Reflection;
using Xunit.v3;

namespace Multiprocessing;

/// <summary>Fails a test that leaves something behind: on a method, or on a class or assembly for each test in it.</summary>
/// <remarks>
/// It looks at what is there after the constructor of the test class and before its <c>Dispose</c>: what a test makes must be gone when its method returns. Tests that make shared memory must not run beside each
/// other in one process (one collection, or <c>[assembly: CollectionBehavior(DisableTestParallelization = true)]</c>); where others ran already when it began, the report says so.
/// </remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class | AttributeTargets.Assembly)]
public sealed class LeakFreeAttribute : BeforeAfterTestAttribute
{
    // By test; more than one if a test has the attribute and its class too: they come in one order and go in the other.
    private static readonly ConcurrentDictionary<string, Stack<LeakCheck>> Running = [];

    /// <inheritdoc cref="LeakCheckOptions.TrackCreators"/>
    public bool TrackCreators { get; init; }

    /// <inheritdoc cref="LeakCheckOptions.Watch"/>
    public LeakKinds Watch { get; init; } = LeakKinds.All;

    /// <inheritdoc cref="LeakCheckOptions.Scope"/>
    public LeakScope Scope { get; init; }

    /// <summary>How many seconds what is left may take to go, see <see cref="LeakCheckOptions.Grace"/>.</summary>
    public double GraceSeconds { get; init; } = LeakCheckOptions.Default.Grace.TotalSeconds;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        string beside = Running.Keys.All(id => id == test.UniqueID) ? "" : ", beside which other tests ran";
        var options = new LeakCheckOptions { TrackCreators = TrackCreators, Watch = Watch, Scope = Scope, Grace = TimeSpan.FromSeconds(GraceSeconds) };
        LeakCheck check = LeakCheck.StartFor($"the start of the test {test.TestDisplayName}{beside}", options);
        Running.GetOrAdd(test.UniqueID, static _ => []).Push(check);
    }

    /// <inheritdoc/>
    /// <exception cref="LeakException">Something is left behind.</exception>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (!Running.TryGetValue(test.UniqueID, out Stack<LeakCheck>? checks) || !checks.TryPop(out LeakCheck? check))
        {
            return;
        }

        if (checks.Count == 0)
        {
            Running.TryRemove(test.UniqueID, out _);
        }

        using (check)
        {
            check.Verify();
        }
    }
}
