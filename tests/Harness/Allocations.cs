namespace Multiprocessing.Tests;

/// <summary>What code allocates on this thread, once it has run for a while.</summary>
public static class Allocations
{
    private const int Times = 100;

    /// <summary>The bytes that some uses allocate, after as many that do not count.</summary>
    public static long By(Action use, int times = Times) => By(_ => use(), times);

    /// <summary>The same, of uses that are told their number.</summary>
    public static long By(Action<int> use, int times = Times)
    {
        for (int i = 0; i < times; i++)
        {
            use(i);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < times; i++)
        {
            use(i);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
