namespace Multiprocessing.Tests;

/// <summary>What a death at each line of the protocol leaves, written into the control words by hand, and how the next ones get on.</summary>
public sealed class DeathTests
{
    /// <summary>A lease that no process has: that of one that has ended.</summary>
    private const ulong Dead = 0x0123456789abcdef;
    private const int Index = 70;

    private static readonly byte[] Many = new byte[500];

    public static TheoryData<string> Deaths => [.. States.Keys];

    private static Dictionary<string, Action<AreaWords>> States { get; } = new(StringComparer.Ordinal)
    {
        ["with a slot"] = static words => words.TakeSlot(0),
        ["within an update"] = static words => words.TakeSlot(7),
        ["within an update of an area whose locks have been used"] = static words =>
        {
            words.Gate = AreaControl.Fenced | AreaControl.Settled;
            words.TakeSlot(7);
        },
        ["within a larger write"] = static words =>
        {
            words.TakeSlot(7);
            words.Larger = (5 << 16) | (Index + 1);
        },
        ["after a larger write, before it counts"] = static words =>
        {
            words.TakeSlot(7);
            words.Larger = 6 << 16;
        },
        ["in the lock to read, its stripe free again"] = static words => words.Gate = AreaControl.Fenced | AreaControl.Settled | (2 * AreaControl.OneReader),
        ["in the first use of the lock, before it is settled"] = static words => words.Gate = AreaControl.Fenced | AreaControl.OneReader,
        ["in the lock to write, before it waits for others"] = static words => words.Gate = AreaControl.Fenced | AreaControl.Settled | AreaControl.Writing,
        ["in the lock to write"] = static words =>
        {
            words.Gate = AreaControl.Fenced | AreaControl.Settled | AreaControl.Writing;
            words.Epoch = 11;
        },
        ["asleep"] = static words => words.Signal = 9,
    };

    [Theory]
    [MemberData(nameof(Deaths))]
    public void A_death_at_any_line_stops_nobody(string line) => Watchdog.Run(() =>
    {
        (string, Action<SharedArea>)[] uses =
        [
            ("read64", static area => Assert.Equal(0, area.Read64(0))), ("read64 unaligned", static area => Assert.Equal(0, area.Read64(1))),
            ("read", static area => area.Read(0)), ("write64", static area => area.Write64(0, 1)), ("increment", static area => area.Increment32(1)),
            ("write", static area => area.Write(0, Many)), ("read lock", static area => area.EnterReadLock().Dispose()),
            ("write lock", static area => area.EnterWriteLock().Dispose()), ("wait", static area => area.Wait(area.UpdateCount, TimeSpan.FromMilliseconds(5))),
        ];
        foreach ((string _, Action<SharedArea> use) in uses)
        {
            using var scratch = new Scratch();
            SharedArea area = scratch.Area();
            States[line](new AreaWords(scratch.Words(area)));
            use(area);

            // And after it everything else, twice.
            for (int i = 0; i < 2; i++)
            {
                area.Write(0, Many);
                area.Write64(0, i);
                using (area.EnterReadLock())
                {
                    Assert.Equal(i, area.Read64(0));
                }

                using (area.EnterWriteLock())
                {
                    area.Increment64(0);
                }

                Assert.Equal(i + 1, area.Read64(0));
                Assert.Equal(i + 1, area.Read(0, 100)[0]);
            }

            Assert.Equal(line == "within a larger write", area.IsTorn);
            area.ClearTorn();
            Assert.False(area.IsTorn);
        }
    });

    [Fact]
    public void Whoever_takes_the_slot_of_a_dead_writer_ends_what_it_had_begun() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        var words = new AreaWords(scratch.Words(area));
        for (int i = 0; i < AreaControl.MostSlots; i++)
        {
            words.TakeSlot(1, i);
        }

        words.Larger = 1;
        area.Write(0, Many);
        Assert.True(area.IsTorn);
        Assert.Equal(2, area.UpdateCount);
    });

    [Fact]
    public void Threads_without_a_slot_count_and_write_all_the_same() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        var words = new AreaWords(scratch.Words(area));
        for (int i = 0; i < AreaControl.MostSlots; i++)
        {
            words.TakeSlot(0, i, ProcessLease.Current.Id);
        }

        area.Write(0, Many);
        area.Write64(8, 41);
        Assert.Equal(42, area.Increment64(8));
        Assert.Equal(42, area.CompareExchange64(8, 1, 42));
        area.MarkUpdated();
        Assert.Equal((5L, 1L), (area.UpdateCount, area.Read64(8)));
    });

    [Fact]
    public void A_thread_that_has_ended_gives_its_slot_back() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        for (int i = 0; i < 3 * AreaControl.MostSlots; i++)
        {
            Scratch.OnAnotherThread(() => area.Increment64(0));
            if (i % 50 == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }

        Assert.Equal((3L * AreaControl.MostSlots, 3L * AreaControl.MostSlots), (area.Read64(0), area.UpdateCount));
    });

    [Fact]
    public void A_disposed_area_gives_its_slots_back()
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        var words = new AreaWords(scratch.Words(area));
        using (SharedArea again = SharedArea.Attach(area.Name))
        {
            again.Increment64(0);
            Assert.Equal(ProcessLease.Current.Id, words.Owner(0));
        }

        Assert.Equal(0ul, words.Owner(0));
        Assert.Equal(1, area.UpdateCount);
    }

    /// <summary>The control words as a test sees them.</summary>
    private sealed class AreaWords(SharedMemory block)
    {
        internal uint Gate
        {
            set => block.GetReference<uint>(AreaControl.GateOffset) = value;
        }

        internal uint Epoch
        {
            set => block.GetReference<uint>(AreaControl.EpochOffset) = value;
        }

        internal uint Signal
        {
            set => block.GetReference<uint>(AreaControl.SignalOffset) = value;
        }

        internal ulong Larger
        {
            set => block.GetReference<ulong>(AreaControl.LargerOffset) = value;
        }

        internal ulong Owner(int index) => block.GetReference<ulong>(AreaControl.SlotsOffset + (index * AreaControl.SlotBytes) + 8);

        internal void TakeSlot(ulong count, int index = Index, ulong owner = Dead)
        {
            block.GetReference<ulong>(AreaControl.SlotsOffset + (index * AreaControl.SlotBytes)) = count;
            block.GetReference<ulong>(AreaControl.SlotsOffset + (index * AreaControl.SlotBytes) + 8) = owner;
            block.GetReference<uint>(84) = AreaControl.MostSlots;
        }
    }
}
