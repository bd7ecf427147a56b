using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>Processes that race, and processes that are killed, for real.</summary>
[Collection(Alone.Name)]
public sealed class KillTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>How often a process is killed; more, or fewer, by DEATH_ROUNDS.</summary>
    private static int Rounds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("DEATH_ROUNDS"), CultureInfo.InvariantCulture, out int rounds) ? rounds : 200;

    /// <summary>The module gives thousands of slots to two in this test, and counts wrong.</summary>
    [Theory]
    [InlineData(2, false)]
    [InlineData(8, true)]
    public void Processes_that_grab_until_full_get_each_slot_once(int processes, bool yield) => Watchdog.Run(Limit, () =>
    {
        const int Count = 1000;
        const int RaceRounds = 200;
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, Count);
        using var start = SharedMemory.Create(8, scratch.NewName());
        ChildProcess[] children = [.. Enumerable.Range(0, processes).Select(_ => ChildProcess.Start(
            "slots-fill", [table.Name, start.Name, $"{RaceRounds}", .. yield ? ["yield"] : Array.Empty<string>()]))];
        try
        {
            Assert.All(children, child => Assert.Equal("ready", child.ReadLine()));
            int shared = 0;
            for (int round = 1; round <= RaceRounds; round++)
            {
                Volatile.Write(ref start.GetReference<long>(0), round);
                int[][] grabbed = [.. children.Select(child =>
                    child.ReadLine().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray())];

                Assert.Equal(Enumerable.Range(0, Count), grabbed.SelectMany(static own => own).Order());
                Assert.Equal(0, table.FreeCount);
                Assert.False(table.TryGrab(out _));
                shared += grabbed.Count(static own => own.Length > 0) > 1 ? 1 : 0;
                for (int i = 0; i < Count; i++)
                {
                    Assert.True(table.Release(i));
                }

                Assert.Equal(Count, table.FreeCount);
            }

            // It was a race.
            Assert.InRange(shared, 1, RaceRounds);
        }
        finally
        {
            Array.ForEach(children, static child => child.Dispose());
        }
    });

    [Fact]
    public void Slots_of_killed_owners_come_back() => Watchdog.Run(Limit, () =>
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 100);
        Assert.True(table.Grab(50));
        using ChildProcess survivor = ChildProcess.Start("slots-hold", table.Name, "10");
        survivor.ReadLine();
        for (int round = 0; round < Rounds; round++)
        {
            using ChildProcess child = ChildProcess.Start("slots-hold", table.Name, "89");
            int[] held = [.. child.ReadLine().Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
            Assert.False(table.TryGrab(out _));
            Assert.Equal(0, table.ReleaseDead());
            child.Kill();

            Assert.Equal(0, table.FreeCount);
            Assert.Equal(89, table.ReleaseDead());
            Assert.Equal(89, table.FreeCount);
            Assert.Equal(held.Order(), Scratch.GrabAll(table).Order());
            Assert.All(held, index => Assert.True(table.Release(index)));
        }

        // One that is stopped lives; one that ended by itself does not.
        survivor.Signal(Signals.Stop);
        Assert.Equal(0, table.ReleaseDead());
        survivor.Signal(Signals.Continue);
        survivor.WriteLine("end");
        Assert.Equal(0, survivor.WaitForExit());
        Assert.Equal(10, table.ReleaseDead());
        Assert.Equal(99, table.FreeCount);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Processes_killed_while_they_grab_and_release_lose_nothing(bool whenFull) => Watchdog.Run(Limit, () =>
    {
        const int Churners = 3;
        using var scratch = new Scratch();

        // More than it has are wanted, so it is full again and again; or less, so that the free ones are sought.
        SlotMemory table = scratch.Table(8, 100, new() { ClearOnGrab = true, ReleaseDeadWhenFull = whenFull });
        string most = whenFull ? "45" : "30";
        var children = new Queue<ChildProcess>();
        var random = new Random(1);
        try
        {
            for (int round = 0; round < Rounds; round++)
            {
                while (children.Count < Churners)
                {
                    children.Enqueue(ChildProcess.Start("slots-churn", table.Name, most));
                }

                Assert.Equal("churning", children.Peek().ReadLine());
                Thread.Sleep(random.Next(5));
                using ChildProcess killed = children.Dequeue();
                killed.Kill();
                Assert.Equal("", killed.StandardError);
                Assert.InRange(table.ReleaseDead(), 0, 45);
                Assert.All(children, child => Assert.False(child.HasExited, child.StandardError));
            }

            foreach (ChildProcess child in children)
            {
                Assert.Equal("churning", child.ReadLine());
                child.CloseInput();
                Assert.True(child.WaitForExit() == 0, child.StandardError);
            }

            table.ReleaseDead();
            Scratch.AssertAllFree(table);
        }
        finally
        {
            foreach (ChildProcess child in children)
            {
                child.Dispose();
            }
        }
    });

    [Fact]
    public void A_kill_during_Save_leaves_the_old_file_or_the_new_one() => Watchdog.Run(Limit, () =>
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(1000, 200, new() { Persist = scratch.File });
        table.Save();
        int next = 1;
        var random = new Random(2);
        for (int round = 0; round < Rounds; round++)
        {
            using ChildProcess child = ChildProcess.Start("slots-save", table.Name, $"{next}");
            int said = int.Parse(child.ReadLine(), CultureInfo.InvariantCulture);
            Assert.Equal(next, said);
            Thread.Sleep(random.Next(10));
            child.Kill();
            try
            {
                while (true)
                {
                    said = int.Parse(child.ReadLine(), CultureInfo.InvariantCulture);
                }
            }
            catch (InvalidOperationException)
            {
                // That was its last word.
            }

            SlotMemoryFile file = SlotMemoryFile.Read(scratch.File);
            byte generation = file.Slot(0)[0];
            Assert.Contains(generation, new[] { (byte)said, (byte)(said + 1) });
            for (int i = 0; i < file.Count; i++)
            {
                Assert.Equal(-1, file.Slot(i).IndexOfAnyExcept(generation));
            }

            Assert.InRange(Temporaries(scratch).Length, 0, 1);
            next = said + 1;
        }

        // The dead saver's right is taken over, and what it left is removed.
        table.Slot(0).Fill(0xee);
        table.Save();
        Assert.Empty(Temporaries(scratch));
        Assert.Equal(0xee, SlotMemoryFile.Read(scratch.File).Slot(0)[999]);
    });

    [Fact]
    public void The_last_process_to_dispose_writes_the_file() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 3, new() { Persist = scratch.File });
        using ChildProcess killed = ChildProcess.Start("slots-member", table.Name, "0");
        using ChildProcess last = ChildProcess.Start("slots-member", table.Name, "1");
        killed.ReadLine();
        last.ReadLine();
        killed.Kill();

        using (SlotMemory second = SlotMemory.Attach(table.Name))
        {
            second.Put(2, "second"u8);
        }

        Assert.False(File.Exists(scratch.File));
        table.Dispose();
        Assert.False(File.Exists(scratch.File));
        last.WriteLine("end");
        Assert.Equal(0, last.WaitForExit());

        SlotMemoryFile file = SlotMemoryFile.Read(scratch.File);
        Assert.Equal("member\0\0"u8, file.Slot(0));
        Assert.Equal("member\0\0"u8, file.Slot(1));
        Assert.Equal("second\0\0"u8, file.Slot(2));
    });

    private static string[] Temporaries(Scratch scratch) => Directory.GetFiles(scratch.Folder, "*.tmp");
}
