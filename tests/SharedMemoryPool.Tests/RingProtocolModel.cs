namespace Multiprocessing.Tests;

/// <summary>
/// The protocol of a ring with many producers and consumers (see SlotRing), step by step: every step is one access to shared memory, and everybody may be killed before
/// any of them. What is explored is every order of all steps.
/// </summary>
/// <remarks>The capacity is 2, so that laps, holes and returned messages meet at once. Positions are small; their laps do not wrap.</remarks>
internal sealed class RingProtocolModel
{
    internal const int Slots = 2;
    private const int Shift = 1;

    internal enum State : byte
    {
        Free,
        Claimed,
        Committed,
        Taken,
        Returned,
    }

    internal enum Role : byte
    {
        Producer,
        Consumer,
        Repairer,
    }

    internal enum Step : byte
    {
        ReadHint,
        ReadSlot,
        Swap,
        WriteHint,
        Write,
        Commit,
        ReadReturns,
        ScanReturned,
        SwapReturned,
        NoteSeen,
        Read,
        Release,
        Sweep,
        SweepSwap,
        NoteReturn,
        Free,
        Done,
        Dead,
    }

    internal record struct Word(byte Lap, State State, byte Owner);

    /// <summary>One process: what it is at, and what it remembers.</summary>
    internal record struct Process(Role Role, Step Step, byte Left, byte Position, Word Seen, byte Slot, byte Returns, byte ReturnsSeen, byte Value, byte Target);

    /// <summary>A state of the whole: two slots, hints, processes, and what was delivered. A value, so that states that were seen are known again.</summary>
    internal struct World : IEquatable<World>
    {
        internal Word[] Words;
        internal byte[] Values;
        internal byte Tail;
        internal byte Head;
        internal byte Returns;
        internal byte ReturnsSeen;
        internal Process[] Processes;

        /// <summary>Which participants are still in the table.</summary>
        internal byte Entered;

        /// <summary>By value: 0 never written, 1 committed, 2 delivered, 3 delivered after it had been returned.</summary>
        internal byte[] Fate;
        internal byte Kills;

        internal readonly World Copy() => this with { Words = [.. Words], Values = [.. Values], Processes = [.. Processes], Fate = [.. Fate] };

        public readonly bool Equals(World other) =>
            Tail == other.Tail && Head == other.Head && Returns == other.Returns && ReturnsSeen == other.ReturnsSeen && Entered == other.Entered && Kills == other.Kills
            && Words.AsSpan().SequenceEqual(other.Words) && Values.AsSpan().SequenceEqual(other.Values)
            && Processes.AsSpan().SequenceEqual(other.Processes) && Fate.AsSpan().SequenceEqual(other.Fate);

        public override readonly bool Equals(object? obj) => obj is World other && Equals(other);

        public override readonly int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (Word word in Words)
            {
                hash.Add(word);
            }

            foreach (Process process in Processes)
            {
                hash.Add(process);
            }

            hash.AddBytes(Values);
            hash.AddBytes(Fate);
            hash.Add((Tail, Head, Returns, ReturnsSeen, Entered, Kills));
            return hash.ToHashCode();
        }
    }

    /// <summary>Does the next step of a process.</summary>
    internal static void Advance(ref World world, int who)
    {
        ref Process p = ref world.Processes[who];
        switch (p.Role)
        {
            case Role.Producer:
                Produce(ref world, ref p, who);
                break;
            case Role.Consumer:
                Consume(ref world, ref p, who);
                break;
            default:
                Repair(ref world, ref p);
                break;
        }
    }

    private static void Produce(ref World world, ref Process p, int who)
    {
        switch (p.Step)
        {
            case Step.ReadHint:
                p.Position = world.Tail;
                p.Step = Step.ReadSlot;
                break;
            case Step.ReadSlot:
                p.Seen = world.Words[p.Position % Slots];
                int laps = p.Seen.Lap - (p.Position >> Shift);
                if (laps < 0)
                {
                    p.Step = Step.ReadHint; // Full: it tries again.
                }
                else if (laps == 0 && p.Seen.State == State.Free)
                {
                    p.Step = Step.Swap;
                }
                else
                {
                    int lap = p.Position + (laps << Shift);
                    p.Position = (byte)((p.Seen.State == State.Free ? lap - Slots : lap) + 1);
                }

                break;
            case Step.Swap:
                bool won = world.Words[p.Position % Slots] == p.Seen;
                if (won)
                {
                    world.Words[p.Position % Slots] = new Word(p.Seen.Lap, State.Claimed, (byte)(who + 1));
                }

                p.Step = won ? Step.WriteHint : Step.ReadSlot;
                break;
            case Step.WriteHint:
                world.Tail = (byte)(p.Position + 1);
                p.Step = Step.Write;
                break;
            case Step.Write:
                world.Values[p.Position % Slots] = p.Value;
                p.Step = Step.Commit;
                break;
            default:
                world.Words[p.Position % Slots] = new Word((byte)(p.Position >> Shift), State.Committed, 0);
                world.Fate[p.Value] = 1;
                p.Left--;
                p.Value++;
                p.Step = p.Left == 0 ? Step.Done : Step.ReadHint;
                break;
        }
    }

    private static void Consume(ref World world, ref Process p, int who)
    {
        byte me = (byte)(who + 1);
        switch (p.Step)
        {
            case Step.ReadReturns:
                p.Returns = world.Returns;
                p.ReturnsSeen = world.ReturnsSeen;
                p.Slot = 0;
                p.Target = byte.MaxValue;
                p.Step = p.Returns == p.ReturnsSeen ? Step.ReadHint : Step.ScanReturned;
                break;
            case Step.ScanReturned:
                Word found = world.Words[p.Slot];
                if (found.State == State.Returned && (p.Target == byte.MaxValue || found.Lap < p.Seen.Lap))
                {
                    p.Target = p.Slot;
                    p.Seen = found;
                }

                p.Slot++;
                if (p.Slot == Slots)
                {
                    p.Step = p.Target == byte.MaxValue ? Step.NoteSeen : Step.SwapReturned;
                }

                break;
            case Step.NoteSeen:
                if (world.ReturnsSeen == p.ReturnsSeen)
                {
                    world.ReturnsSeen = p.Returns;
                }

                p.Step = Step.ReadHint;
                break;
            case Step.SwapReturned:
                if (world.Words[p.Target] == p.Seen)
                {
                    world.Words[p.Target] = new Word(p.Seen.Lap, State.Taken, me);
                    p.Slot = p.Target;
                    p.Step = Step.Read;
                }
                else
                {
                    p.Step = Step.ReadReturns;
                }

                break;
            case Step.ReadHint:
                p.Position = world.Head;
                p.Step = Step.ReadSlot;
                break;
            case Step.ReadSlot:
                p.Seen = world.Words[p.Position % Slots];
                int laps = p.Seen.Lap - (p.Position >> Shift);
                if (laps > 0)
                {
                    p.Position = (byte)(p.Position + (Math.Max(laps - 2, 0) << Shift) + 1);
                }
                else if (laps < 0 || p.Seen.State is State.Free or State.Claimed)
                {
                    p.Step = Step.ReadReturns; // Nothing: it tries again.
                }
                else if (p.Seen.State == State.Taken)
                {
                    p.Position++;
                }
                else
                {
                    p.Step = Step.Swap;
                }

                break;
            case Step.Swap:
                p.Slot = (byte)(p.Position % Slots);
                if (world.Words[p.Slot] == p.Seen)
                {
                    world.Words[p.Slot] = new Word(p.Seen.Lap, State.Taken, me);
                    p.Step = Step.WriteHint;
                }
                else
                {
                    p.Step = Step.ReadSlot;
                }

                break;
            case Step.WriteHint:
                world.Head = (byte)(p.Position + 1);
                p.Step = Step.Read;
                break;
            case Step.Read:
                p.Value = world.Values[p.Slot];
                p.Step = Step.Release;
                break;
            default:
                // Delivered is what is released; a death before that delivers it again.
                if (world.Fate[p.Value] is 0 or >= 2)
                {
                    throw new InvalidOperationException($"value {p.Value} was delivered, and its fate is {world.Fate[p.Value]}");
                }

                world.Fate[p.Value] = 2;
                world.Words[p.Slot] = new Word((byte)(p.Seen.Lap + 1), State.Free, 0);
                p.Step = Step.ReadReturns;
                break;
        }
    }

    /// <summary>Somebody who waits: looks for the dead, and releases what they had. Dies too.</summary>
    private static void Repair(ref World world, ref Process p)
    {
        switch (p.Step)
        {
            case Step.Done:
                for (int i = 0; i < world.Processes.Length; i++)
                {
                    if (world.Processes[i].Step == Step.Dead && (world.Entered & (1 << i)) != 0)
                    {
                        p.Target = (byte)(i + 1);
                        p.Slot = 0;
                        p.Step = Step.Sweep;
                        break;
                    }
                }

                break;
            case Step.Sweep:
                p.Seen = world.Words[p.Slot];
                if (p.Seen.Owner == p.Target)
                {
                    p.Step = Step.SweepSwap;
                }
                else
                {
                    NextSlot(ref p);
                }

                break;
            case Step.SweepSwap:
                if (world.Words[p.Slot] == p.Seen)
                {
                    world.Words[p.Slot] = p.Seen.State == State.Taken
                        ? new Word(p.Seen.Lap, State.Returned, 0)
                        : new Word((byte)(p.Seen.Lap + 1), State.Free, 0);
                }

                NextSlot(ref p);
                break;
            case Step.NoteReturn:
                world.Returns++;
                p.Step = Step.Free;
                break;
            default:
                world.Entered &= (byte)~(1 << (p.Target - 1));
                p.Step = Step.Done;
                break;
        }
    }

    private static void NextSlot(ref Process p)
    {
        p.Slot++;
        p.Step = p.Slot == Slots ? Step.NoteReturn : Step.Sweep;
    }
}
