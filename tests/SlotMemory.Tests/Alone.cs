namespace Multiprocessing.Tests;

/// <summary>Tests that let this process's lease go, or that need the machine's time, run beside no others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
