namespace Multiprocessing;

/// <summary>
/// A point at which a fixed number of parties, threads of any processes, wait for each other, again and again. Python's <c>multiprocessing.Barrier</c>.
/// A party that dies breaks it for all.
/// </summary>
/// <remarks>
/// <para>Layout (kind <c>barrier</c>, version 1, 192 bytes and 16 a party, rounded up to 64):
/// <code>
///  offset  size  field
///       0    32  header        of all our structures
///      32     4  participants  how many parties there are
///      36     4  broken        0 or 1
///      40     8  phase         how often it was passed
///      48     4  arrived       how many wait in this phase
///      52     4  resets        how often it was reset
///      56     8  wake          sequence and sleepers (WakeWord)
///      64    64  a mutex, held for an instant by who changes any of this
///     128     8  reset in      the phase that the last reset cut short
///     136    56  reserved
///     192  16*n  parties:      +0 process lease (0: none yet)  +8 the phase in which it arrived last
/// </code></para>
/// <para>Who waits looks a hundred times a second at the leases of all who were here in this phase or the one before: one that is dead breaks the barrier. A
/// party that leaves for good says so by <see cref="SharedPrimitive.Dispose()"/>. One that dies before it ever came is not known.</para>
/// <para>Death at any line: outside the mutex a party counts as arrived or not; inside it, the next one in finds the mutex abandoned and breaks the barrier.</para>
/// </remarks>
public sealed unsafe class SharedBarrier : SharedPrimitive, ISharedStructure
{
    /// <summary>The most parties there can be.</summary>
    public const int MostParticipants = 1 << 16;

    private const int MutexOffset = 64;
    private const int PartiesOffset = 192;
    private const int LookAtParties = 10;

    private static readonly StructureKind Kind = new("barrier", Version: 1, HasMutex: true);

    private bool _arrived;

    private SharedBarrier(Placement placement)
        : base(placement)
    {
        Participants = *(int*)(placement.Start + 32);
        if (Participants is < 1 or > MostParticipants || GetByteSize(Participants) > placement.Block.Size - placement.Offset)
        {
            throw new InvalidDataException($"The barrier '{Name}' says that it has {Participants} parties: that cannot be.");
        }
    }

    string ISharedStructure.Kind => Kind.Name;

    /// <summary>How many parties must arrive.</summary>
    public int Participants { get; }

    /// <summary>How many wait at this moment.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public int ParticipantsWaiting => (int)Look(static start => *(int*)(start + 48));

    /// <summary>How often it was passed.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public long CurrentPhaseNumber => Look(static start => *(long*)(start + 40));

    /// <summary>Whether it can no longer be passed.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public bool IsBroken => Look(static start => *(int*)(start + 36)) != 0;

    private ref int Broken => ref *(int*)(Placement.Start + 36);

    private ref long Phase => ref *(long*)(Placement.Start + 40);

    private ref int Arrived => ref *(int*)(Placement.Start + 48);

    private ref uint Resets => ref *(uint*)(Placement.Start + 52);

    private ref long ResetIn => ref *(long*)(Placement.Start + 128);

    private WakeWord* Wake => (WakeWord*)(Placement.Start + 56);

    private Party* Parties => (Party*)(Placement.Start + PartiesOffset);

    /// <summary>The room in bytes that a barrier takes within a block.</summary>
    public static int GetByteSize(int participants)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(participants);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(participants, MostParticipants);
        return PartiesOffset + (((participants * sizeof(Party)) + Placement.Alignment - 1) / Placement.Alignment * Placement.Alignment);
    }

    /// <summary>Makes a barrier in a block of its own.</summary>
    /// <param name="participants">How many parties must arrive: 1 to <see cref="MostParticipants"/>.</param>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="options">How the block is created.</param>
    /// <exception cref="ArgumentException">The name cannot be one, or the number of parties is out of range.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    public static SharedBarrier Create(int participants, string? name = null, SharedMemoryOptions? options = null)
    {
        int size = GetByteSize(participants);
        return new(Placement.Create(name, options, Kind, size, start => Build(start, participants)));
    }

    /// <summary>Makes a barrier within a block.</summary>
    /// <param name="block">A block with room (<see cref="GetByteSize"/>) at the offset, which this object does not dispose.</param>
    /// <param name="byteOffset">Where it begins: a multiple of 64.</param>
    /// <param name="participants">How many parties must arrive.</param>
    /// <exception cref="ArgumentException">It does not lie within the block, the offset is no multiple of 64, or the number of parties is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is a structure at that place already.</exception>
    /// <exception cref="NotSupportedException">The block is attached read-only.</exception>
    public static SharedBarrier Create(SharedMemory block, long byteOffset, int participants)
    {
        int size = GetByteSize(participants);
        return new(Placement.Create(block, byteOffset, Kind, size, start => Build(start, participants)));
    }

    /// <summary>Attaches to a barrier by the name of its block.</summary>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="InvalidDataException">It is something else, or not finished.</exception>
    public static SharedBarrier Attach(string name) =>
        Placement.Attach(name, Kind, PartiesOffset).Into(static placement => new SharedBarrier(placement));

    /// <summary>Attaches to a barrier within a block.</summary>
    /// <exception cref="InvalidDataException">There is something else at that place, or nothing.</exception>
    /// <inheritdoc cref="Create(SharedMemory, long, int)"/>
    public static SharedBarrier Attach(SharedMemory block, long byteOffset) => Placement.Attach(block, byteOffset, Kind, PartiesOffset).Into(static placement => new SharedBarrier(placement));

    /// <summary>Arrives, and waits until all parties have.</summary>
    /// <returns>The order of arrival in this phase, from 0: the one that gets 0 may do what is to be done once.</returns>
    /// <exception cref="BrokenBarrierException">A party died, or somebody broke the barrier.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the arrival is taken back.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public int SignalAndWait(CancellationToken cancellation = default)
    {
        TrySignalAndWait(Deadline.Never, cancellation, out int order);
        return order;
    }

    /// <summary>Arrives, and waits until all parties have, for at most so long.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the time ran out; the arrival is taken back, as with .NET's own barrier. (Python's breaks then: call <see cref="Break"/> for that.)</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <inheritdoc cref="SignalAndWait(CancellationToken)"/>
    public bool SignalAndWait(TimeSpan timeout, CancellationToken cancellation = default) =>
        TrySignalAndWait(Deadline.After(timeout), cancellation, out _);

    /// <summary>Breaks the barrier: all who wait, and all who come, get a <see cref="BrokenBarrierException"/>. Python's <c>abort</c>.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Break()
    {
        Placement.Hold();
        try
        {
            Lock();
            BreakLocked();
            Unlock();
        }
        finally
        {
            Placement.Release();
        }
    }

    /// <summary>Makes the barrier as new: who waits gets a <see cref="BrokenBarrierException"/>, and whoever comes after that starts from none.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Reset()
    {
        Placement.Hold();
        try
        {
            Lock();
            new Span<Party>(Parties, Participants).Clear();
            Resets++;
            ResetIn = Phase;
            Arrived = 0;
            Broken = 0;
            WakeWord.Signal(Wake);
            Unlock();
        }
        finally
        {
            Placement.Release();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_arrived && !Block.IsDisposed)
        {
            Leave();
        }

        base.Dispose(disposing);
    }

    private bool TrySignalAndWait(Deadline deadline, CancellationToken cancellation, out int order)
    {
        cancellation.ThrowIfCancellationRequested();
        Placement.Hold();
        _arrived = true;
        try
        {
            Arrival arrival = Arrive(out order);
            if (arrival.WasLast)
            {
                return true;
            }

            try
            {
                while (true)
                {
                    uint seen = Wake->Sequence;
                    if (IsOver(arrival))
                    {
                        return true;
                    }

                    BreakIfSomebodyDied(arrival.Phase);
                    if (!WakeWord.Sleep(Wake, seen, deadline, cancellation, LookAtParties))
                    {
                        return !TryTakeBack(arrival);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                if (TryTakeBack(arrival))
                {
                    throw;
                }

                return true;
            }
        }
        finally
        {
            Placement.Release();
        }
    }

    private Arrival Arrive(out int order)
    {
        Lock();
        try
        {
            ThrowIfBroken();
            long phase = Phase;
            int party = PlaceOf(phase);
            order = Arrived;
            Parties[party].Phase = phase;
            Parties[party].Owner = ProcessLease.Current.Id;
            bool last = ++Arrived == Participants;
            if (last)
            {
                Arrived = 0;
                Phase = phase + 1;
                WakeWord.Signal(Wake);
            }

            return new Arrival(phase, Resets, party, last);
        }
        finally
        {
            Unlock();
        }
    }

    /// <summary>The place of this process from the phase before, or else a free one, or else that of a party that somebody stands in for.</summary>
    private int PlaceOf(long phase)
    {
        ulong me = ProcessLease.Current.Id;
        int free = -1;
        int other = -1;
        for (int i = 0; i < Participants; i++)
        {
            bool here = Parties[i].Owner != 0 && Parties[i].Phase == phase;
            if (Parties[i].Owner == me && !here)
            {
                return i;
            }

            free = Parties[i].Owner == 0 ? i : free;
            other = here ? other : i;
        }

        return free >= 0 ? free : other;
    }

    private bool IsOver(Arrival arrival)
    {
        if (Volatile.Read(ref Resets) == arrival.Resets)
        {
            // In this order: a barrier that was passed and then broken was passed.
            if (Volatile.Read(ref Phase) != arrival.Phase)
            {
                return true;
            }

            ThrowIfBroken();
            return false;
        }

        Lock();
        try
        {
            return Resets == arrival.Resets + 1 && ResetIn > arrival.Phase ? true : throw Fault();
        }
        finally
        {
            Unlock();
        }
    }

    private bool TryTakeBack(Arrival arrival)
    {
        Lock();
        try
        {
            if (IsOver(arrival))
            {
                return false;
            }

            Arrived--;
            Parties[arrival.Party].Owner = 0;
            return true;
        }
        finally
        {
            Unlock();
        }
    }

    private void BreakIfSomebodyDied(long phase)
    {
        ulong known = ProcessLease.Current.Id;
        for (int i = 0; i < Participants; i++)
        {
            ulong owner = Volatile.Read(ref Parties[i].Owner);
            if (owner == 0 || owner == known || Volatile.Read(ref Parties[i].Phase) < phase - 1)
            {
                continue;
            }

            known = owner;
            if (!ProcessLease.IsDead(owner))
            {
                continue;
            }

            Lock();
            try
            {
                if (Phase == phase && Parties[i].Owner == owner)
                {
                    BreakLocked();
                    throw Fault();
                }
            }
            finally
            {
                Unlock();
            }
        }
    }

    /// <summary>Takes the places of this process back, so that nobody takes its end for a death.</summary>
    private void Leave()
    {
        Placement.Hold();
        Lock();
        ulong me = ProcessLease.Current.Id;
        for (int i = 0; i < Participants; i++)
        {
            if (Parties[i].Owner == me && Parties[i].Phase != Phase)
            {
                Parties[i].Owner = 0;
            }
        }

        Unlock();
        Placement.Release();
    }

    private void Lock()
    {
        if (MutexWait.Enter(Placement.Start + MutexOffset, Deadline.Never, default) == MutexEntry.Abandoned)
        {
            BreakLocked();
        }
    }

    private void Unlock() => MutexBackend.Current.Exit(Placement.Start + MutexOffset);

    private void BreakLocked()
    {
        Broken = 1;
        WakeWord.Signal(Wake);
    }

    private void ThrowIfBroken()
    {
        if (Volatile.Read(ref Broken) != 0)
        {
            throw Fault();
        }
    }

    private BrokenBarrierException Fault() =>
        new($"The barrier '{Name}' is broken: one of its parties died, or somebody broke or reset it.");

    private long Look(Reader read)
    {
        Placement.Hold();
        try
        {
            return read(Placement.Start);
        }
        finally
        {
            Placement.Release();
        }
    }

    private static void Build(byte* start, int participants)
    {
        *(int*)(start + 32) = participants;
        MutexBackend.Current.Initialize(start + MutexOffset, recursive: true);
    }

    private delegate long Reader(byte* start);

    /// <param name="Phase">The phase that its party waits for the end of.</param>
    /// <param name="Resets">How often the barrier had been reset then.</param>
    /// <param name="Party">Its place in the table.</param>
    /// <param name="WasLast">Whether it ended the phase itself.</param>
    private readonly record struct Arrival(long Phase, uint Resets, int Party, bool WasLast);

    private struct Party
    {
        internal ulong Owner;
        internal long Phase;
    }
}
