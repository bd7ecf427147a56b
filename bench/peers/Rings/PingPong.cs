using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>How long a message is on its way to another process: to one that polls, and to one that sleeps.</summary>
internal sealed unsafe class PingPong : IDisposable
{
    internal const string Verb = "ping-pong";

    private const int Turns = 32;
    private const int Samples = 2000;
    private const int WakeUps = 200;
    private const long End = 0;
    private const long PollRing = 1;
    private const long PollWords = 2;
    private const long WakeRing = 3;
    private const long WakeWord = 4;

    /// <summary>Longer than anybody spins before he sleeps.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMicroseconds(300);

    private readonly RingControlBlock _control;
    private readonly SharedRing<long> _forth;
    private readonly SharedRing<long> _back;
    private readonly Process? _other;
    private readonly double[] _samples = new double[Samples];

    internal PingPong()
    {
        _control = new RingControlBlock(SharedMemory.Create(RingControlBlock.ByteSize, Keeper.NewName()));
        var options = new RingOptions { Mode = RingMode.Spsc };
        _forth = SharedRing<long>.Create(64, $"{_control.Name}f", options);
        _back = SharedRing<long>.Create(64, $"{_control.Name}b", options);
        _other = Programs.StartServant(Verb, _control.Name, Processor(1).ToString(CultureInfo.InvariantCulture));
    }

    private PingPong(string name)
    {
        _control = new RingControlBlock(SharedMemory.Attach(name));
        _forth = SharedRing<long>.Attach($"{name}f");
        _back = SharedRing<long>.Attach($"{name}b");
    }

    /// <summary>The median, over many, of half a round trip through two rings, both sides polling.</summary>
    internal double PollingRings() => Measure(PollRing, Samples * Turns, () => Halves(this, static me => me.RingTurns()));

    /// <summary>The same through two words.</summary>
    internal double PollingWords() => Measure(PollWords, Samples * Turns, () => Halves(this, static me => me.WordTurns()));

    /// <summary>The median time from the call that adds a message until the other process, which slept, has it.</summary>
    internal double WakingByRing() => Measure(WakeRing, WakeUps, () => WakeAll(now => _forth.Enqueue(now)));

    /// <summary>The same with a bare futex word, and nothing else.</summary>
    internal double WakingByWord() => Measure(WakeWord, WakeUps, () => WakeAll(now =>
    {
        var word = (uint*)Address(0);
        Volatile.Write(ref _control.Word(1), now);
        Volatile.Write(ref *word, *word + 1);
        WaitBackend.Current.Wake(word, 1);
    }));

    public void Dispose()
    {
        if (_other is not null)
        {
            _control.Run(End, 0, static () => false);
            _other.WaitForExit();
            _other.Dispose();
            _forth.Unlink();
            _back.Unlink();
            _control.Unlink();
        }

        _forth.Dispose();
        _back.Dispose();
        _control.Dispose();
    }

    /// <summary>What the other process does.</summary>
    internal static void Serve(string name, int processor)
    {
        Programs.EndWithStarter();
        using var me = new PingPong(name);
        Processors.Pin(processor);
        uint order = 0;
        while (me._control.Next(ref order) is var command && command != End)
        {
            long result = me.Answer(command, (int)me._control.Count);
            Volatile.Write(ref me._control.Nanoseconds(isProducer: false), result);
            me._control.Finish();
        }
    }

    private static int Processor(int which) => Processors.Allowed() is { Count: > 1 } some ? some[which] : Processors.Any;

    private long Answer(long command, int count)
    {
        Volatile.Write(ref _control.Filled, 1);
        switch (command)
        {
            case PollRing:
                for (int i = 0; i < count; i += Turns)
                {
                    AnswerRing();
                }

                return 0;
            case PollWords:
                for (int i = 0; i < count; i += Turns)
                {
                    AnswerWords();
                }

                return 0;
            default:
                double[] samples = new double[count];
                for (int i = 0; i < count; i++)
                {
                    samples[i] = command == WakeRing ? Stopwatch.GetElapsedTime(_forth.Dequeue()).TotalNanoseconds : SleepOnWord();
                    Volatile.Write(ref _control.Drained, i + 1);
                }

                return (long)Series.MedianOf(samples);
        }
    }

    private double Measure(long command, int count, Func<double> measurement)
    {
        (_control.Count, _control.Filled, _control.Drained) = (count, 0, 0);
        (_control.Word(0), _control.Word(1)) = (0, 0);
        Task<double> mine = Task.Run(() => Processors.Run(Processor(0), () =>
        {
            RingControlBlock.Await(ref _control.Filled, 1);
            return measurement();
        }));
        _control.Run(command, 1, () => _other!.HasExited);
        double result = mine.GetAwaiter().GetResult();
        return double.IsNaN(result) ? _control.Nanoseconds(isProducer: false) : result;
    }

    private double Halves(PingPong me, Action<PingPong> turns)
    {
        for (int i = 0; i < _samples.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            turns(me);
            _samples[i] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Turns / 2;
        }

        return Series.MedianOf(_samples);
    }

    private void RingTurns()
    {
        (SharedRing<long> forth, SharedRing<long> back) = (_forth, _back);
        for (int i = 0; i < Turns; i++)
        {
            forth.TryEnqueue(i);
            while (!back.TryDequeue(out _))
            {
            }
        }
    }

    private void AnswerRing()
    {
        (SharedRing<long> forth, SharedRing<long> back) = (_forth, _back);
        for (int i = 0; i < Turns; i++)
        {
            long value;
            while (!forth.TryDequeue(out value))
            {
            }

            back.TryEnqueue(value);
        }
    }

    private void WordTurns()
    {
        long* forth = Address(0);
        long* back = Address(1);
        for (int i = 0; i < Turns; i++)
        {
            long turn = *forth + 1;
            Volatile.Write(ref *forth, turn);
            while (Volatile.Read(ref *back) != turn)
            {
            }
        }
    }

    private void AnswerWords()
    {
        long* forth = Address(0);
        long* back = Address(1);
        for (int i = 0; i < Turns; i++)
        {
            long turn = *back + 1;
            while (Volatile.Read(ref *forth) != turn)
            {
            }

            Volatile.Write(ref *back, turn);
        }
    }

    /// <summary>Gives the other side the time to fall asleep, each time.</summary>
    private double WakeAll(Action<long> send)
    {
        for (int i = 0; i < WakeUps; i++)
        {
            RingControlBlock.Await(ref _control.Drained, i);
            long begin = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(begin) < Pause)
            {
            }

            send(Stopwatch.GetTimestamp());
        }

        return double.NaN;
    }

    private double SleepOnWord()
    {
        var word = (uint*)Address(0);
        uint answered = (uint)Volatile.Read(ref _control.Drained);
        while (Volatile.Read(ref *word) == answered)
        {
            WaitBackend.Current.Wait(word, answered, 100);
        }

        return Stopwatch.GetElapsedTime(Volatile.Read(ref _control.Word(1))).TotalNanoseconds;
    }

    private long* Address(int which) => (long*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _control.Word(which));
}
