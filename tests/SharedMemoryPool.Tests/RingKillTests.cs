using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>
/// Four producers and four consumers at one ring, all of them killed and followed by others again and again: every message is accounted for, as the promise says.
/// RING_KILLS says how many are killed in each run.
/// </summary>
public sealed class RingKillTests
{
    private const int Sides = 4;
    private const int Each = 100_000;
    private const int Capacity = 64;

    private static readonly int Kills = RingStressTests.Setting("RING_KILLS", 24);

    [Theory]
    [InlineData("values", TakenMessages.Redeliver)]
    [InlineData("values", TakenMessages.Drop)]
    [InlineData("messages", TakenMessages.Redeliver)]
    [InlineData("messages", TakenMessages.Drop)]
    public void Kills_of_producers_and_consumers_cost_what_is_promised_and_no_more(string kind, TakenMessages onDeath) => Watchdog.Run(TimeSpan.FromMinutes(30), () =>
    {
        using var scratch = new Scratch();
        using var storm = new Storm(scratch, kind, onDeath, Kills / 2);
        for (int i = 0; i < storm.Rounds; i++)
        {
            storm.KillOneOfEach(inClaim: i % 2 == 0);
        }

        storm.End();
        storm.CheckProducers();
        storm.CheckConsumers();
        TestContext.Current.TestOutputHelper?.WriteLine(storm.ToString());
    });

    /// <summary>The processes at a ring, and what is known of those that were killed.</summary>
    private sealed class Storm : IDisposable
    {
        private readonly Scratch _scratch;
        private readonly string _kind;
        private readonly TakenMessages _onDeath;
        private readonly SharedRing<StressMessage>? _values;
        private readonly SharedRing? _messages;
        private readonly SharedMemory _block;
        private readonly RingTally _tally;
        private readonly int _incarnations;
        private readonly Random _random = new(7);
        private readonly Queue<Member> _writers = new();
        private readonly Queue<Member> _readers = new();
        private readonly List<int> _deadWriters = [];
        private readonly List<int> _deadReaders = [];

        /// <summary>What readers held on demand when they were killed, before they had noted it.</summary>
        private readonly List<long> _heldToDeath = [];
        private int _bornWriters;
        private int _bornReaders;

        internal Storm(Scratch scratch, string kind, TakenMessages onDeath, int rounds)
        {
            _scratch = scratch;
            _kind = kind;
            _onDeath = onDeath;
            Rounds = rounds;
            _values = kind == "values" ? scratch.Ring<StressMessage>(Capacity, RingMode.Mpmc, onDeath) : null;
            _messages = _values is null ? scratch.Messages(Capacity * 128, RingMode.Mpmc, onDeath) : null;
            _incarnations = rounds + Sides;
            _block = scratch.Block(RingTally.ByteSize(_incarnations, Each));
            _tally = new RingTally(_block, _incarnations, Each) { HoldingReader = -1, HoldingWriter = -1 };
            for (int i = 0; i < Sides; i++)
            {
                Bear();
            }
        }

        internal int Rounds { get; }

        private long Holes => _values?.HoleCount ?? _messages!.HoleCount;

        private long Redelivered => _values?.RedeliveredCount ?? _messages!.RedeliveredCount;

        private long Dropped => _values?.DroppedCount ?? _messages!.DroppedCount;

        private int OpenClaims => _deadWriters.Count(writer => _tally.Open(writer) != 0);

        private int HeldMessages => _deadReaders.Count(reader => _tally.Held(reader) != 0);

        /// <summary>Kills the oldest producer and the oldest consumer: at a random moment, or each in the midst of a claim.</summary>
        internal void KillOneOfEach(bool inClaim)
        {
            (Member writer, Member reader) = (_writers.Dequeue(), _readers.Dequeue());
            if (inClaim)
            {
                // One after the other: behind a claim that is held the readers find nothing to hold.
                Volatile.Write(ref _tally.HoldingWriter, writer.Number);
                Eventually.True(() => Volatile.Read(ref _tally.Open(writer.Number)) != 0 || writer.Process.HasExited, "a producer holds a claim");
                writer.Process.Kill();
                GoesOn("after the death of a producer with a claim");
                Volatile.Write(ref _tally.HoldingReader, reader.Number);
                Eventually.True(() => Volatile.Read(ref _tally.Held(reader.Number)) < 0 || reader.Process.HasExited, "a consumer holds a message");
                reader.Process.Kill();
                _heldToDeath.Add(-_tally.Held(reader.Number) - 1);
            }
            else
            {
                Thread.Sleep(_random.Next(20));
                Signals.Send(writer.Process.Id, Signals.Kill);
                Signals.Send(reader.Process.Id, Signals.Kill);
                writer.Process.WaitForExit();
                reader.Process.WaitForExit();
            }

            _deadWriters.Add(writer.Number);
            _deadReaders.Add(reader.Number);
            GoesOn("after the deaths of a producer and a consumer");
            Bear();
        }

        /// <summary>Lets those who live come to their end, and all that was written be read.</summary>
        internal void End()
        {
            foreach (Member writer in _writers)
            {
                writer.Process.CloseInput();
                Assert.Equal("done", writer.Process.ReadLine(TimeSpan.FromMinutes(5)));
                Assert.Equal(0, writer.Process.WaitForExit());
            }

            foreach (Member reader in _readers)
            {
                reader.Process.CloseInput();
                long[] said = RingStressTests.Numbers(reader.Process.ReadLine(TimeSpan.FromMinutes(5)));
                Assert.True(said[0] > 0, "A consumer got nothing in all its life.");
                Assert.Equal((0, 0), (said[1], said[2]));
                Assert.Equal(0, reader.Process.WaitForExit());
            }

            _values?.Recover();
            _messages?.Recover();
            Assert.Equal(0, _values?.Count ?? _messages!.Count);
        }

        /// <summary>A dead producer costs its own claim only, and that always.</summary>
        internal void CheckProducers()
        {
            for (int writer = 0; writer < _bornWriters; writer++)
            {
                long written = _tally.Written(writer);
                bool isOpen = _tally.Open(writer) != 0;
                ReadOnlySpan<byte> counts = _tally.Counts(writer);
                Assert.Equal(isOpen ? written + 1 : 0, _tally.Open(writer));

                // The one behind the last that it noted may have been committed, unless its claim is known to be open.
                int delivered = counts.LastIndexOfAnyExcept((byte)0) + 1;
                Assert.InRange(delivered, 0, isOpen ? written : written + 1);
            }

            Assert.InRange(Holes, OpenClaims, _deadWriters.Count);
            Assert.InRange(OpenClaims, Rounds / 2, Rounds);
        }

        /// <summary>Every committed message is delivered once, or, when its consumer died, once more or not at all.</summary>
        internal void CheckConsumers()
        {
            int again = 0;
            int lost = 0;
            for (int writer = 0; writer < _bornWriters; writer++)
            {
                ReadOnlySpan<byte> counts = _tally.Counts(writer)[..(int)_tally.Written(writer)];
                foreach (byte count in counts)
                {
                    Assert.InRange(count & 15, 0, 1);
                    again += count >> 4;
                    lost += count == 0 ? 1 : 0;
                }
            }

            bool redelivers = _onDeath == TakenMessages.Redeliver;
            foreach (long held in _heldToDeath)
            {
                // It was not noted by the one who held it: now it was, as a redelivered one, or never.
                byte count = _tally.Counts((int)(held >> 32))[(int)(uint)held];
                Assert.Equal(redelivers ? 16 : 0, count);
            }

            Assert.InRange(_heldToDeath.Count, Rounds / 2, Rounds);
            if (redelivers)
            {
                Assert.Equal((0, 0), (lost, Dropped));
                Assert.InRange(Redelivered, HeldMessages, _deadReaders.Count);
                Assert.InRange(again, _heldToDeath.Count, Redelivered);
            }
            else
            {
                Assert.Equal((0, 0), (again, Redelivered));
                Assert.InRange(Dropped, HeldMessages, _deadReaders.Count);
                Assert.InRange(lost, _heldToDeath.Count, Dropped);
            }
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{_kind}, {_onDeath}: {_deadWriters.Count} producers killed, {OpenClaims} of them in a claim, {Holes} holes; {_deadReaders.Count} consumers, {HeldMessages} with a message, {Redelivered} redelivered, {Dropped} dropped; {_tally.Read} deliveries");

        public void Dispose()
        {
            foreach (Member member in _writers.Concat(_readers))
            {
                member.Process.Dispose();
            }
        }

        /// <summary>Who lives reads what who lives writes: more than a full ring, so that nobody waits any more at what the dead have left.</summary>
        private void GoesOn(string when)
        {
            long target = Volatile.Read(ref _tally.Read) + (3 * Capacity);
            Eventually.True(() => Volatile.Read(ref _tally.Read) >= target, $"messages go through {when}");
        }

        private void Bear()
        {
            _writers.Enqueue(Start("ring-produce-and-die", _bornWriters++));
            _readers.Enqueue(Start("ring-consume-and-die", _bornReaders++));
        }

        private Member Start(string verb, int number)
        {
            ChildProcess child = ChildProcess.Start(
                verb,
                _values?.Name ?? _messages!.Name,
                _block.Name,
                _incarnations.ToString(CultureInfo.InvariantCulture),
                Each.ToString(CultureInfo.InvariantCulture),
                _kind,
                number.ToString(CultureInfo.InvariantCulture));
            Assert.Equal("ready", child.ReadLine());
            child.WriteLine("go");
            return new Member(child, number);
        }

        private sealed record Member(ChildProcess Process, int Number);
    }
}
