namespace Multiprocessing.Tests;

/// <summary>Tests that count what the whole process has open, or that need the machine's time, run beside no others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
