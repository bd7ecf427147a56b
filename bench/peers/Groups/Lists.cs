using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>Items of a list of 100: ints, floats, strs of 8 characters, bools and Nones in turn, as peer.py makes it.</summary>
internal static class Lists
{
    private const int Length = 100;
    private const int IntIndex = 50;
    private const int StrIndex = 52;
    private const int Calls = 10_000;
    private const string Text = "thing123";

    internal static IEnumerable<Row> All(Contest contest, Peer python)
    {
        using ShareableList list = ShareableList.Create(Enumerable.Range(0, Length).Select(Item), Keeper.NewName());
        try
        {
            string peer = python.Name;
            Series[] getInt = contest.Run(Contest.PerCall(Calls, n => GetInt(list, n)), python.Measuring("list-get-int"));
            Series[] getObject = contest.Run(Contest.PerCall(Calls, n => GetObject(list, n)), python.Measuring("list-get-int"));
            Series[] getAll = contest.Run(Contest.PerCall(Calls, n => GetAll(list, n)), python.Measuring("list-get-all"));
            Series[] setInt = contest.Run(Contest.PerCall(Calls, n => SetInt(list, n)), python.Measuring("list-set-int"));
            Series[] getString = contest.Run(Contest.PerCall(Calls, n => GetString(list, n)), python.Measuring("list-get-str"));
            Series[] setString = contest.Run(Contest.PerCall(Calls, n => SetString(list, n)), python.Measuring("list-set-str"));
            const string Note = "One item again and again, so it is in the nearest cache, and one process: what other processes that write to the same "
                + "cache line cost is not measured. The loop itself is in both figures.";
            const string NoteObject = Note + " The garbage collector's share for the boxes and strings is in it, as short loops meet it.";
            return
            [
                new Row("list of 100: get int, GetInt64", getInt[0], peer, getInt[1], Goal.Faster(300), Note),
                new Row("list of 100: get int, as object", getObject[0], peer, getObject[1], Goal.Faster(80), NoteObject),
                new Row("list of 100: get each item in turn, as object", getAll[0], peer, getAll[1], Goal.Faster(80),
                    "The mean of all kinds of items, of which every fifth is a str; the list fits into the nearest cache."),
                new Row("list of 100: set int, SetInt64", setInt[0], peer, setInt[1], Goal.Faster(150), Note),
                new Row("list of 100: get str of 8, GetString", getString[0], peer, getString[1], Goal.Faster(40), NoteObject),
                new Row("list of 100: set str of 8, SetString", setString[0], peer, setString[1], Goal.Faster(60), Note),
            ];
        }
        finally
        {
            list.Unlink();
        }
    }

    private static object? Item(int i) => (i % 5) switch
    {
        0 => (long)i,
        1 => i / 8.0,
        2 => "item" + i.ToString("0000", CultureInfo.InvariantCulture),
        3 => i % 2 == 0,
        _ => null,
    };

    private static long GetInt(ShareableList list, int calls)
    {
        long sum = 0;
        for (int i = 0; i < calls; i++)
        {
            sum += list.GetInt64(IntIndex);
        }

        return sum;
    }

    private static void GetObject(ShareableList list, int calls)
    {
        object? last = null;
        for (int i = 0; i < calls; i++)
        {
            last = list[IntIndex];
        }

        GC.KeepAlive(last);
    }

    private static void GetAll(ShareableList list, int calls)
    {
        object? last = null;
        for (int i = 0; i < calls / Length; i++)
        {
            for (int index = 0; index < Length; index++)
            {
                last = list[index];
            }
        }

        GC.KeepAlive(last);
    }

    private static void SetInt(ShareableList list, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            list.SetInt64(IntIndex, i);
        }
    }

    private static void GetString(ShareableList list, int calls)
    {
        string? last = null;
        for (int i = 0; i < calls; i++)
        {
            last = list.GetString(StrIndex);
        }

        GC.KeepAlive(last);
    }

    private static void SetString(ShareableList list, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            list.SetString(StrIndex, Text);
        }
    }
}
