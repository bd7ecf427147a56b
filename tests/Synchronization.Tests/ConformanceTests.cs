using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>The same for every primitive, on every backend: between threads, between processes, and with processes that are killed.</summary>
public sealed class ConformanceTests
{
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("DEATH_ROUNDS"), CultureInfo.InvariantCulture, out int rounds) ? rounds : 100;

    private readonly Random _random = new(20261121);

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string kind in Exclusion.Kinds)
            {
                all.Add(Backends.System, kind);
                all.Add(Backends.Portable, kind);
            }

            return all;
        }
    }

    /// <summary>An event and a counting semaphore have no holder whose death could be seen.</summary>
    public static TheoryData<string, string> Robust
    {
        get
        {
            var robust = new TheoryData<string, string>();
            foreach (string kind in (string[])[Exclusion.Mutex, Exclusion.Recursive, Exclusion.Writer, Exclusion.Semaphore])
            {
                robust.Add(Backends.System, kind);
                robust.Add(Backends.Portable, kind);
            }

            return robust;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Threads_count_exactly(string backend, string kind) => Watchdog.Run(() =>
    {
        const int Threads = 4;
        int times = backend == Backends.Portable ? 500 : 5000;
        using Backends.Restore restore = Backends.Use(backend);
        using Exclusion exclusion = Exclusion.Create(kind);
        exclusion.Unlink();
        long count = 0;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < times; i++)
            {
                exclusion.Enter();
                long seen = count;
                Thread.SpinWait(i % 7);
                count = seen + 1;
                exclusion.Exit();
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(Threads * times, count);
    });

    [Theory]
    [MemberData(nameof(All))]
    public void Eight_processes_count_exactly(string backend, string kind) => Watchdog.Run(TimeSpan.FromSeconds(300), () =>
    {
        // A million with the system's own; the portable ones poll, which is slow where eight want in.
        const int Processes = 8;
        int times = backend == Backends.System ? 1_000_000 / Processes : 500;
        using Backends.Restore restore = Backends.Use(backend);
        using Exclusion exclusion = Exclusion.Create(kind);
        using SharedMemory block = SharedMemory.Create(64);
        ChildProcess[] children = [.. Enumerable.Range(0, Processes).Select(_ => ChildProcess.Start(
            "lock-count", kind, exclusion.Name, block.Name, times.ToString(CultureInfo.InvariantCulture)))];
        Array.ForEach(children, child => Assert.Equal("ready", child.ReadLine()));
        Array.ForEach(children, child => child.WriteLine("go"));
        Array.ForEach(children, child => Assert.Equal(0, child.WaitForExit(TimeSpan.FromSeconds(280))));
        Assert.Equal((long)Processes * times, block.GetReference<long>(0));
        Array.ForEach(children, child => child.Dispose());
        exclusion.Unlink();
        block.Unlink();
    });

    [Theory]
    [MemberData(nameof(Robust))]
    public void Who_waits_is_in_when_the_holder_is_killed(string backend, string kind) => Watchdog.Run(() =>
    {
        using Backends.Restore restore = Backends.Use(backend);
        using Exclusion exclusion = Exclusion.Create(kind);
        using (ChildProcess holder = ChildProcess.Start("lock-hold", kind, exclusion.Name))
        {
            Assert.Equal("held", holder.ReadLine());
            using ChildProcess waiter = ChildProcess.Start("lock-wait", kind, exclusion.Name);
            Assert.Equal("waiting", waiter.ReadLine());
            Thread.Sleep(50);
            holder.Kill();
            Assert.Equal("entered", waiter.ReadLine());
            waiter.WriteLine("leave");
            Assert.Equal(0, waiter.WaitForExit());
        }

        exclusion.Enter();
        exclusion.Exit();
        exclusion.Unlink();
        ProcessLease.RemoveDead();
    });

    [Theory]
    [MemberData(nameof(All))]
    public void A_waiter_that_is_killed_is_not_missed(string backend, string kind) => Watchdog.Run(() =>
    {
        using Backends.Restore restore = Backends.Use(backend);
        using Exclusion exclusion = Exclusion.Create(kind);
        exclusion.Enter();
        using (ChildProcess first = ChildProcess.Start("lock-wait", kind, exclusion.Name))
        using (ChildProcess second = ChildProcess.Start("lock-wait", kind, exclusion.Name))
        {
            Assert.Equal("waiting", first.ReadLine());
            Assert.Equal("waiting", second.ReadLine());
            Thread.Sleep(30);
            first.Kill();
            exclusion.Exit();
            Assert.Equal("entered", second.ReadLine());
            second.WriteLine("leave");
            Assert.Equal(0, second.WaitForExit());
        }

        exclusion.Unlink();
        ProcessLease.RemoveDead();
    });

    [Theory]
    [InlineData(Backends.System)]
    [InlineData(Backends.Portable)]
    public void Holders_are_killed_at_random_moments_and_nobody_hangs(string backend) => Watchdog.Run(TimeSpan.FromSeconds(120 + (5 * Rounds)), () =>
    {
        const int Victims = 4;
        int kills = backend == Backends.System ? 5 * Rounds : Rounds / 5;
        using Backends.Restore restore = Backends.Use(backend);
        using Arena arena = Arena.Create();
        arena.Start();
        var victims = new Queue<ChildProcess>();
        for (int kill = 0; kill < kills + Victims; kill++)
        {
            // Several at a time: they start slowly, and hold what the others wait for.
            victims.Enqueue(ChildProcess.Start("lock-arena", arena.Name));
            if (victims.Count <= Victims)
            {
                continue;
            }

            using ChildProcess victim = victims.Dequeue();
            Assert.Equal("running", victim.ReadLine());
            Thread.Sleep(_random.Next(20));
            long[] before = arena.Progress();
            victim.Kill();
            Eventually.True(
                () => arena.Error is not null || arena.Progress().Zip(before).All(progress => progress.First > progress.Second),
                $"after kill {kill} all go on; they stand at {string.Join(' ', arena.Progress())}");
            Assert.Null(arena.Error);
        }

        foreach (ChildProcess survivor in victims)
        {
            Assert.Equal("running", survivor.ReadLine());
            survivor.WriteLine("end");
            Assert.Equal("fine", survivor.ReadLine());
            Assert.Equal(0, survivor.WaitForExit());
            survivor.Dispose();
        }

        arena.Stop();
        Assert.Null(arena.Error);
        Assert.InRange(arena.Abandoned, kills / 10, 3 * kills);
        arena.Unlink();
        ProcessLease.RemoveDead();
    });
}
