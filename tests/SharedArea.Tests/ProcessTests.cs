using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>Several processes, which are killed in the end or before.</summary>
public sealed class ProcessTests
{
    private const int Together = 8;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Increments_of_several_processes_are_exact(int processes) => Watchdog.Run(Long, () =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        const int Times = 32_000;
        ChildProcess[] children = [.. Enumerable.Range(0, processes).Select(_ => scratch.Child("area-increment", area.Name, $"{Times}"))];
        Array.ForEach(children, static child => Assert.Equal("ready", child.ReadLine()));
        Array.ForEach(children, static child => child.WriteLine("go"));
        Array.ForEach(children, static child => Assert.Equal("done", child.ReadLine(Long)));

        long all = (long)processes * Times;
        Assert.Equal((all, (int)all), (area.Read64(0), area.Read32(8)));
        Assert.Equal((unchecked((short)all), unchecked((sbyte)all)), (area.Read16(12), area.Read8(14)));
        Assert.Equal((all / 16, (int)(all / 16)), (area.Read64(60), area.Read32(24)));
        Assert.Equal((4 * all) + (2 * all / 16), area.UpdateCount);
        Array.ForEach(children, static child => child.WriteLine("end"));
    });

    [Fact]
    public void A_reader_of_4_KiB_beside_writers_never_sees_half_of_a_write() => Watchdog.Run(Long, () =>
    {
        double seconds = double.TryParse(Environment.GetEnvironmentVariable("TORN_SECONDS"), CultureInfo.InvariantCulture, out double asked) ? asked : 10;
        using var scratch = new Scratch();
        SharedArea area = scratch.Area(8192);
        ChildProcess[] writers = [scratch.Child("area-write-large", area.Name), scratch.Child("area-write-large", area.Name)];
        ChildProcess[] readers = [scratch.Child("area-read-large", area.Name), scratch.Child("area-read-large", area.Name)];
        ChildProcess[] all = [.. writers, .. readers];
        Array.ForEach(all, static child => Assert.Equal("ready", child.ReadLine()));
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        Array.ForEach(all, static child => child.WriteLine("end"));

        long writes = writers.Sum(static child => long.Parse(child.ReadLine(Long), CultureInfo.InvariantCulture));
        Assert.Equal(writes, area.UpdateCount);
        foreach (ChildProcess reader in readers)
        {
            long[] said = [.. reader.ReadLine(Long).Split(' ').Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
            TestContext.Current.SendDiagnosticMessage($"{writes} writes, {said[0]} reads, {said[1]} changes");
            Assert.InRange(said[0], 100, long.MaxValue);
            Assert.InRange(said[1], 10, long.MaxValue);
            Assert.Equal(0, said[2]);
        }
    });

    [Fact]
    public void Two_hundred_killed_in_the_lock_or_at_a_write_leave_nobody_hanging() => Watchdog.Run(Long, () =>
    {
        int kills = int.TryParse(Environment.GetEnvironmentVariable("DEATH_ROUNDS"), CultureInfo.InvariantCulture, out int asked) ? asked : 200;
        using var scratch = new Scratch();
        SharedArea area = scratch.Area(1 << 17);
        var random = new Random(1);
        int killed = 0, abandoned = 0, torn = 0;
        while (killed < kills)
        {
            ChildProcess[] children =
                [.. Enumerable.Range(0, Together).Select(i => ChildProcess.Start("area-churn", area.Name, $"{killed + i}"))];
            try
            {
                Array.ForEach(children, static child => Assert.Equal("churning", child.ReadLine()));
                foreach (ChildProcess child in children)
                {
                    // While the others go on.
                    Thread.Sleep(random.Next(4));
                    child.Signal(Signals.Kill);
                    killed++;
                    abandoned += AssertThatAllGoesOn(area) ? 1 : 0;
                    torn += area.IsTorn ? 1 : 0;
                    area.ClearTorn();
                }
            }
            finally
            {
                Array.ForEach(children, static child => child.Dispose());
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{killed} killed, {abandoned} of them in the lock to write, {torn} within a larger write");
        Assert.InRange(abandoned, 1, killed);
    });

    /// <summary>Every kind of call comes through; returns whether a writer had died in the lock.</summary>
    private static bool AssertThatAllGoesOn(SharedArea area)
    {
        bool abandoned = false;
        var limit = TimeSpan.FromSeconds(60);
        Assert.True(area.TryEnterWriteLock(limit));
        abandoned = area.Abandoned;
        area.Write64(8, area.Read64(8) + 1);
        area.ExitWriteLock();
        Assert.True(area.TryEnterReadLock(limit));
        area.Read64(8);
        area.ExitReadLock();
        area.Increment64(0);
        area.Write(4096, new byte[4096]);
        area.Read(4096, 65536);
        area.Read64(4096);
        return abandoned;
    }
}
