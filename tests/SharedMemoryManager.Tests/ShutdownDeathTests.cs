using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>Somebody dies in the middle of a shutdown: who is left finishes it, or the next reclaim does.</summary>
public sealed class ShutdownDeathTests
{
    /// <summary>So many that unlinking them takes as long as the rest of a shutdown.</summary>
    private const int Blocks = 1000;

    private const double LongestMilliseconds = 60;

    [Fact]
    public void An_owner_killed_in_the_middle_of_its_shutdown_leaves_nothing() => Watchdog.Run(Deaths.Limit, () =>
    {
        int inTheMiddle = 0;
        Deaths.Run(11_000_000, (number, random) => Shutdown((owner, _, id) =>
        {
            WaitForTheMoment(number, random, id);
            owner.Kill();
            CountUnlessDone(owner, ref inTheMiddle);
        }));
        Assert.NotEqual(0, inTheMiddle);
    });

    [Fact]
    public void Owner_and_server_killed_in_the_middle_of_a_shutdown_leave_nothing_after_a_reclaim() => Watchdog.Run(Deaths.Limit, () =>
    {
        int inTheMiddle = 0;
        Deaths.Run(
            12_000_000,
            (number, random) => Shutdown((owner, server, id) =>
            {
                WaitForTheMoment(number, random, id);
                Deaths.KillBoth(owner, server, random);
                CountUnlessDone(owner, ref inTheMiddle);
            }),
            reclaim: true);
        Assert.NotEqual(0, inTheMiddle);
    });

    [Fact]
    public void A_server_killed_in_the_middle_of_a_shutdown_leaves_the_rest_to_its_owner() => Watchdog.Run(Deaths.Limit, () =>
    {
        int inTheMiddle = 0;
        Deaths.Run(13_000_000, (number, random) =>
        {
            var manager = SharedMemoryManager.Start();
            for (int i = 0; i < Blocks; i++)
            {
                manager.CreateBlock(64).Dispose();
            }

            manager.ListBlocks();
            int server = manager.ServerProcessId;
            Task<SharedMemoryShutdownReport> shutdown = manager.ShutdownAsync();
            WaitForTheMoment(number, random, manager.Id);
            if (!shutdown.IsCompleted)
            {
                Signals.Send(server, Signals.Kill);
            }

            SharedMemoryShutdownReport report = shutdown.Result;
            Assert.Empty(report.NotRemoved);
            if (report.Removed < Blocks)
            {
                // The server had unlinked some and could not say so any more.
                Interlocked.Increment(ref inTheMiddle);
            }
        });
        Assert.NotEqual(0, inTheMiddle);
    });

    [Theory]
    [InlineData(nameof(ServerEnding.HangUp))]
    [InlineData(nameof(ServerEnding.RemoveSocket))]
    [InlineData(nameof(ServerEnding.Unlink))]
    [InlineData(nameof(ServerEnding.RemoveLease))]
    [InlineData(nameof(ServerEnding.Farewell))]
    public void A_server_killed_before_a_step_of_its_end_leaves_the_rest_to_its_owner(string step) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string host = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        string dotnet = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
        File.WriteAllText(host, $"#!/bin/sh\nexec '{dotnet}' exec '{Path.Combine(AppContext.BaseDirectory, "Child.dll")}' server-abandon {step}\n");
        File.SetUnixFileMode(host, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            var manager = SharedMemoryManager.Start(new() { ServerHostPath = host });
            SharedMemory[] blocks = [.. Enumerable.Range(0, 5).Select(_ => manager.CreateBlock(8))];
            manager.ListBlocks();
            SharedMemoryShutdownReport report = manager.Shutdown();
            Assert.Empty(report.NotRemoved);
            Assert.Equal(step is nameof(ServerEnding.RemoveLease) or nameof(ServerEnding.Farewell) ? 0 : 5, report.Removed);
            before.AssertUnchanged();
            Array.ForEach(blocks, block => block.Dispose());
        }
        finally
        {
            File.Delete(host);
        }
    });

    private static void Shutdown(Action<ChildProcess, int, string> die)
    {
        using ChildProcess owner = ChildProcess.Start("manager-shutdown", Blocks.ToString(CultureInfo.InvariantCulture));
        string[] words = owner.ReadLine().Split(' ');
        owner.WriteLine("end");
        Assert.Equal("ending", owner.ReadLine());
        die(owner, int.Parse(words[0], CultureInfo.InvariantCulture), words[1]);
    }

    /// <summary>Every other moment is a random one from the beginning of the shutdown on, and the others are from its first unlink on.</summary>
    private static void WaitForTheMoment(int number, Random random, string id)
    {
        if (number % 2 == 0)
        {
            Deaths.Sleep(random.NextDouble() * LongestMilliseconds);
            return;
        }

        string[] firstAndLast = [$"/dev/shm/psm_{id}_1", string.Create(CultureInfo.InvariantCulture, $"/dev/shm/psm_{id}_{Blocks:x}")];
        while (Array.TrueForAll(firstAndLast, File.Exists))
        {
            Thread.Yield();
        }

        Deaths.Sleep(random.NextDouble() * 3);
    }

    /// <summary>One that had come to the end of its shutdown has said so.</summary>
    private static void CountUnlessDone(ChildProcess owner, ref int inTheMiddle)
    {
        try
        {
            owner.ReadLine();
        }
        catch (InvalidOperationException)
        {
            Interlocked.Increment(ref inTheMiddle);
        }
    }
}
