using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>A table of 1024 slots beside Apache's real module, which has no lock and no atomic operation: its users must bring a lock.</summary>
internal static class Slots
{
    private const int Count = 1024;
    private const int Big = 1 << 16;
    private const string Module = SlotmemPeer.Title;

    internal static IEnumerable<Row> All(Contest contest)
    {
        using Peer peer = SlotmemPeer.TryStart();
        var module = peer as SlotmemPeer;
        module?.Call($"create bench {Big} {Count} 4");
        module?.Call("fgrab 0");
        using var table = SlotMemory.Create(Keeper.NewName(), Big, Count, new() { PreGrab = true });
        using var other = SlotMemory.Attach(table.Name);
        try
        {
            table.Grab(0);
            byte[] bytes = new byte[Big], copies = new byte[Big];
            const string Note = "One slot again and again from one process, so it is in the nearest cache that it fits into. Ours checks slot, length and in-use; theirs slot and in-use. "
                + "Their loop is in C and calls through a pointer.";
            var rows = new List<Row>();
            foreach ((int length, int calls, string name) in new[] { (8, 100_000, "8 B"), (64, 100_000, "64 B"), (4096, 10_000, "4 KiB"), (Big, 500, "64 KiB") })
            {
                Series[] put = contest.Run(Contest.PerCall(calls, n => Put(table, bytes.AsSpan(0, length), n)), peer.Measuring($"put {length} {10 * calls}"), Copying(bytes, copies, length, calls));
                Series[] get = contest.Run(Contest.PerCall(calls, n => Get(table, bytes.AsSpan(0, length), n)), peer.Measuring($"get {length} {10 * calls}"), Copying(bytes, copies, length, calls));
                foreach ((string what, Series[] results) in new[] { ("put", put), ("get", get) })
                {
                    Goal? goal = length == 8 ? Goal.Within(5) : length > 64 ? Goal.AtMost(1.1) : null;
                    rows.Add(new Row($"slots: {what} {name}", results[0], Module, results[1], goal, Note));
                    if (length > 64)
                    {
                        rows.Add(new Row($"slots: {what} {name}", results[0], "a copy of as much, array to array", results[2], goal, Note));
                    }
                }
            }

            const string GrabNote = "One process, nobody else at the table. Ours is atomic across processes (two interlocked operations); theirs is not, and is right under a lock of the caller's only, which is not in its figure.";
            foreach (int used in new[] { 1, Count / 2, Count - 1 })
            {
                Series[] grab = contest.Run(
                    Contest.PerCall(100_000, n => GrabAndRelease(table, used, n)),
                    Grabbing(module, used));
                rows.Add(new Row($"slots: grab and release, {used} of {Count} in use", grab[0], Module, grab[1], Goal.Within(20), GrabNote));
            }

            Series[] scattered = contest.Run(Contest.PerCall(1024, n => ReleaseAndGrabScattered(table, other, n)), peer.Measuring("grab 0 100000"));
            rows.Add(new Row($"slots: release another slot and grab, {Count - 1} of {Count} in use", scattered[0], Module, scattered[1], null,
                "Ours releases a slot that some other handle grabbed, all over the table, through one handle, and grabs through a second, which knows of it by the hints only. Theirs as above."));

            Series[] free = contest.Run(Contest.PerCall(10_000, n => Free(table, n)), peer.Measuring("free 0 100000"));
            rows.Add(new Row($"slots: free count of {Count}", free[0], Module, free[1], null, "Ours counts the owners' words each time, so it is right after any death; theirs reads a counter that a race leaves wrong."));
            return rows;
        }
        finally
        {
            table.Unlink();
        }
    }

    /// <summary>The peer's, once its table is occupied as far as it is to be.</summary>
    private static Func<double> Grabbing(SlotmemPeer? peer, int used)
    {
        if (peer is null)
        {
            return Contest.Missing;
        }

        Func<double> measure = peer.Measuring($"grab 0 {(used == 1 ? 1_000_000 : 100_000)}");
        return () =>
        {
            Occupy(peer, used);
            return measure();
        };
    }

    private static void Occupy(SlotmemPeer peer, int used)
    {
        int free = int.Parse(peer.Call("free"), CultureInfo.InvariantCulture);
        for (; Count - free < used; free--)
        {
            peer.Call("grab");
        }
    }

    private static void Occupy(SlotMemory table, int used)
    {
        for (int free = table.FreeCount; table.Count - free < used; free--)
        {
            table.Grab();
        }
    }

    private static Func<double> Copying(byte[] from, byte[] to, int length, int calls) => Contest.PerCall(calls, n =>
    {
        for (int i = 0; i < n; i++)
        {
            from.AsSpan(0, length).CopyTo(to);
        }
    });

    private static void Put(SlotMemory table, ReadOnlySpan<byte> bytes, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            table.Put(0, bytes);
        }
    }

    private static void Get(SlotMemory table, Span<byte> bytes, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            table.Get(0, bytes);
        }
    }

    private static void GrabAndRelease(SlotMemory table, int used, int calls)
    {
        Occupy(table, used);
        for (int i = 0; i < calls; i++)
        {
            if (!table.TryGrab(out int index) || !table.Release(index))
            {
                throw new InvalidOperationException("No slot, though one is free.");
            }
        }
    }

    private static void ReleaseAndGrabScattered(SlotMemory table, SlotMemory other, int calls)
    {
        Occupy(table, Count);
        int slot = 0;
        for (int i = 0; i < calls; i++)
        {
            slot = (slot + 389) % Count;
            if (!other.Release(slot) || !table.TryGrab(out int index) || index != slot)
            {
                throw new InvalidOperationException("Not the slot that was released.");
            }
        }
    }

    private static int Free(SlotMemory table, int calls)
    {
        int free = 0;
        for (int i = 0; i < calls; i++)
        {
            free += table.FreeCount;
        }

        return free;
    }
}
