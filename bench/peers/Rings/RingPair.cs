using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>A process that writes to a ring and one that reads from it, each on a processor of its own where there are two. They sleep when they are not measured.</summary>
internal sealed class RingPair : IDisposable
{
    internal const string Verb = "ring";

    private const int Messages = 2_000_000;
    private const int Fills = 30;
    private const long End = 0;
    private const long Chase = 1;
    private const long Fill = 2;

    private readonly RingControlBlock _control = new(SharedMemory.Create(RingControlBlock.ByteSize, Keeper.NewName()));
    private readonly RingEnd _ring;
    private readonly Process[] _ends;

    internal RingPair(RingKind kind, int size)
    {
        _ring = RingEnd.Open(kind, size, RingName(_control.Name), creates: true);
        IReadOnlyList<int> processors = Processors.Allowed();
        Process Start(string role, int which) => Programs.StartServant(
            Verb,
            _control.Name,
            kind.ToString(),
            size.ToString(CultureInfo.InvariantCulture),
            role,
            (processors.Count < 2 ? Processors.Any : processors[which]).ToString(CultureInfo.InvariantCulture));
        _ends = [Start("produce", 0), Start("consume", 1)];
    }

    /// <summary>Nanoseconds a message when both run as fast as they can.</summary>
    internal double Chasing()
    {
        Run(Chase, Messages);
        return (double)_control.Nanoseconds(isProducer: false) / Messages;
    }

    /// <summary>Nanoseconds a message, of both together, when the one fills the ring and then the other empties it.</summary>
    internal double Behind()
    {
        Run(Fill, (long)Fills * RingEnd.Capacity);
        return (double)(_control.Nanoseconds(isProducer: true) + _control.Nanoseconds(isProducer: false)) / Fills / RingEnd.Capacity;
    }

    public void Dispose()
    {
        // Who is told to end does not say that he has: he is waited for.
        _control.Run(End, 0, static () => false);
        foreach (Process end in _ends)
        {
            end.WaitForExit();
            end.Dispose();
        }

        _ring.Unlink();
        _ring.Dispose();
        _control.Unlink();
        _control.Dispose();
    }

    /// <summary>What a process of a pair does: <c>NAME KIND SIZE produce|consume PROCESSOR</c>.</summary>
    internal static void Serve(string[] args)
    {
        Programs.EndWithStarter();
        bool produces = args[3] == "produce";
        using var control = new RingControlBlock(SharedMemory.Attach(args[0]));
        using RingEnd ring = RingEnd.Open(Enum.Parse<RingKind>(args[1]), int.Parse(args[2], CultureInfo.InvariantCulture), RingName(args[0]), creates: false);
        Processors.Pin(int.Parse(args[4], CultureInfo.InvariantCulture));
        uint order = 0;
        while (control.Next(ref order) is var command && command != End)
        {
            long nanoseconds = command == Chase ? Run(control, ring, produces) : Take(control, ring, produces);
            Volatile.Write(ref control.Nanoseconds(produces), nanoseconds);
            control.Finish();
        }
    }

    private static string RingName(string name) => $"{name}r";

    private static long Run(RingControlBlock control, RingEnd ring, bool produces)
    {
        // Both are awake when it begins.
        Volatile.Write(ref control.Word(produces ? 0 : 1), 1);
        RingControlBlock.Await(ref control.Word(produces ? 1 : 0), 1);
        long start = Stopwatch.GetTimestamp();
        (long from, long to) = (control.FirstMessage, control.FirstMessage + control.Count);
        if (produces)
        {
            ring.Produce(from, to);
        }
        else
        {
            ring.Consume(from, to);
        }

        return (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private static long Take(RingControlBlock control, RingEnd ring, bool produces)
    {
        TimeSpan busy = default;
        for (long i = 0; i < Fills; i++)
        {
            RingControlBlock.Await(ref produces ? ref control.Drained : ref control.Filled, produces ? i : i + 1);
            long from = control.FirstMessage + (i * RingEnd.Capacity);
            long start = Stopwatch.GetTimestamp();
            if (produces)
            {
                ring.Produce(from, from + RingEnd.Capacity);
            }
            else
            {
                ring.Consume(from, from + RingEnd.Capacity);
            }

            busy += Stopwatch.GetElapsedTime(start);
            Volatile.Write(ref produces ? ref control.Filled : ref control.Drained, i + 1);
        }

        return (long)busy.TotalNanoseconds;
    }

    private void Run(long command, long count)
    {
        (_control.Word(0), _control.Word(1), _control.Filled, _control.Drained, _control.Count) = (0, 0, 0, 0, count);
        _control.Run(command, 2, () => Array.Exists(_ends, static end => end.HasExited));
        _control.FirstMessage += count;
    }
}
