using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>
/// Stock Pythons that attached to a manager's block end or are killed, several at once: the trackers that outlive them unlink its name each time.
/// </summary>
public sealed class PythonDeathTests
{
    // What every tutorial does, but for one thing: the name is away for the moment between a tracker's unlink and its return, and who wants to attach just
    // then has to try again. Each writes a byte of its own.
    private const string Script =
        """
        import sys, time
        from multiprocessing.shared_memory import SharedMemory
        shm = None
        while shm is None:
            try:
                shm = SharedMemory(sys.argv[1])
            except FileNotFoundError:
                time.sleep(0.001)
        shm.buf[int(sys.argv[2])] = 7
        print('attached', flush=True)
        if sys.argv[3] == 'stay':
            time.sleep(100)
        shm.close()
        """;

    private const int AtOnce = 6;

    /// <summary>All versions together are tried as often as other deaths are.</summary>
    private static readonly int RoundsEach = (Deaths.Rounds + EveryPython.Versions - 1) / EveryPython.Versions;

    [Theory]
    [ClassData(typeof(EveryPython))]
    public void Stock_Pythons_killed_at_random_moments_take_nothing_along(string version) => Attach(version, (python, name, index, random) =>
    {
        using ConsoleProcess process = Start(python, name, index, "stay");
        if (random.Next(4) == 0)
        {
            Thread.Sleep(random.Next(100));
            process.Kill();
            return false;
        }

        Assert.Equal("attached", process.ReadLine());
        Thread.Sleep(random.Next(20));
        process.Kill();
        return true;
    });

    [Theory]
    [ClassData(typeof(EveryPython))]
    public void Stock_Pythons_that_exit_take_nothing_along(string version) => Attach(version, (python, name, index, _) =>
    {
        using ConsoleProcess process = Start(python, name, index, "go");
        Assert.Equal("attached", process.ReadLine());
        Assert.Equal(0, process.WaitForExit());
        return true;
    });

    /// <param name="version">Of Python.</param>
    /// <param name="death">One attacher's life and death: says whether it is known to have written its byte.</param>
    private static void Attach(string version, Func<Python, string, int, Random, bool> death) => Watchdog.Run(Deaths.Limit, () =>
    {
        Python python = Python.Get(version);
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start())
        {
            for (int done = 0; done < RoundsEach; done += AtOnce)
            {
                int count = Math.Min(AtOnce, RoundsEach - done);
                using SharedMemory block = manager.CreateBlock(64);
                manager.ListBlocks();
                Task<bool>[] lot =
                [
                    .. Enumerable.Range(0, count).Select(index => Task.Factory.StartNew(
                        () => death(python, block.Name, index, new Random(31_000_000 + done + index)),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default)),
                ];
                Task.WaitAll(lot);

                // The trackers outlive those that they track for, and unlink at their own end.
                Eventually.True(() => !Processes.Trackers().Any(), "the trackers' end");
                Eventually.True(() => SharedMemory.Exists(block.Name), "the name's return");
                using SharedMemory again = SharedMemory.Attach(block.Name);
                for (int index = 0; index < count; index++)
                {
                    Assert.True(again.Span[index] == 7 || !lot[index].Result, $"the byte of attacher {index}");
                }

                again.Span[63] = 1;
                Assert.Equal(1, block.Span[63]);
            }
        }

        before.AssertUnchanged();
    });

    private static ConsoleProcess Start(Python python, string name, int index, string then) =>
        python.Start(
            // Without site packages, which only make its start longer.
            start => start.ArgumentList.Insert(0, "-SE"),
            Script, name, index.ToString(CultureInfo.InvariantCulture), then);

    public sealed class EveryPython : TheoryData<string>
    {
        internal const int Versions = 6;

        public EveryPython()
            : base("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
        {
        }
    }
}
