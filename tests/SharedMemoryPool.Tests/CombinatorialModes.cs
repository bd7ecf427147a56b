using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Multiprocessing.Tests;

/// <summary>Runs a theory in every mode.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CombinatorialModesAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<RingMode>().Select(static mode => new TheoryDataRow<RingMode>(mode))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
