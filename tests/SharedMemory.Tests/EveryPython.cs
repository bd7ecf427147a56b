namespace Multiprocessing.Tests;

/// <summary>The versions of Python that have shared memory: a constant list, so that a missing one shows as a skipped test.</summary>
public sealed class EveryPython : TheoryData<string>
{
    public EveryPython()
        : base("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
    {
    }
}
