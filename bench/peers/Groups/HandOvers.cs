using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiprocessing.Bench;

/// <summary>From the call that wakes a thread of another process until that thread is out of its wait.</summary>
internal static class HandOvers
{
    internal const string Verb = "hand-over";

    private const int Calls = 1000;

    private static readonly Dictionary<string, string> Peers = new()
    {
        ["event"] = "bare futex, C",
        ["semaphore"] = "sem_t, C",
        ["condition"] = "pthread_cond_t and robust mutex, C",
    };

    internal static IEnumerable<Row> All(Contest contest)
    {
        using Peer native = NativePeer.TryStart("locks.c");
        var rows = new List<Row>();
        foreach ((string where, int mine, int others) in Places())
        {
            rows.AddRange(HandOver.Kinds.Select(kind => Measure(contest, native, kind, where, mine, others)));
        }

        return rows;
    }

    /// <summary>What the process of the other side does until its input ends.</summary>
    internal static void Echo(string kind, string name, int processor)
    {
        // Who started it ends it.
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static signal => signal.Cancel = true);
        new Thread(() =>
        {
            Console.In.ReadToEnd();
            Environment.Exit(0);
        }).Start();
        using SharedMemory block = SharedMemory.Attach(name);
        using HandOver side = HandOver.Open(kind, block, isFirst: false);
        Processors.Pin(processor);
        while (true)
        {
            if (side.Take())
            {
                side.Give();
            }
        }
    }

    private static IEnumerable<(string Where, int Mine, int Others)> Places()
    {
        yield return ("where the system puts them", Processors.Any, Processors.Any);
        IReadOnlyList<int> processors = Processors.Allowed();
        if (processors.Count > 0)
        {
            yield return ("both on one processor", processors[0], processors[0]);
        }

        if (processors.Count > 1)
        {
            yield return ("each on its own", processors[0], processors[1]);
        }
    }

    private static Row Measure(Contest contest, Peer native, string kind, string where, int mine, int others)
    {
        using SharedMemory block = SharedMemory.Create(HandOver.BlockSize, Keeper.NewName());
        try
        {
            using HandOver side = HandOver.Open(kind, block, isFirst: true);
            ProcessStartInfo start = Programs.Self(Verb, kind, block.Name, others.ToString(CultureInfo.InvariantCulture));
            start.RedirectStandardInput = true;
            using Process echo = Process.Start(start)!;
            try
            {
                Func<double> roundTrips = Contest.MedianOf(Calls, () => RoundTrip(side));
                Series[] results = contest.Run(
                    () => Processors.Run(mine, roundTrips) / 2,
                    native.Measuring(FormattableString.Invariant($"{kind}:{mine}:{others}")));
                return new Row(
                    $"{kind}, hand-over to another process, {where}", results[0], Peers[kind], results[1], kind == "event" ? Goal.AtMost(1.5) : null,
                    "Half of a round trip, the median of 1000 one at a time: from the call until the other, which slept, is through, without the slow ones. "
                    + "Where the system puts them, both sides are now on one processor, now on two, which take very different times: look at the "
                    + "ranges, and at the rows where the place is given. Nothing else is done with the processors meanwhile.")
                {
                    Plot = kind == "event" && mine != Processors.Any ? new Plot(Charts.Latency, $"event, {where}", Peers[kind]) : null,
                };
            }
            finally
            {
                echo.StandardInput.Close();
                echo.WaitForExit();
            }
        }
        finally
        {
            block.Unlink();
        }
    }

    private static void RoundTrip(HandOver side)
    {
        side.Give();
        if (!side.Take())
        {
            throw new InvalidOperationException("The process of the other side does not answer.");
        }
    }
}
