using System.Numerics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>What all rings have in common: the block and its header, who may write and read, waking up, and finding the dead.</summary>
internal sealed unsafe class RingControl : IDisposable
{
    private readonly Participants _participants;
    private readonly Action _check;
    private bool _disposed;

    private RingControl(SharedMemory block, Func<RingControl, uint, bool> sweep)
    {
        Block = block;
        Header = (RingHeader*)block.Start;
        Mode = (RingMode)Header->Mode;
        Capacity = Header->Capacity;
        Redelivers = Header->OnDeath == (int)TakenMessages.Redeliver;
        LightFences = Header->LightFences != 0;
        _check = CheckForDead;
        NeedsFence = !LightFences || !SharedFence.IsAsymmetric;
        _participants = new Participants(
            block.Start + RingHeader.ParticipantsOffset,
            owner =>
            {
                if (!sweep(this, owner))
                {
                    return false;
                }

                Release(ref Header->Producer, owner);
                Release(ref Header->TailLock, owner);
                Release(ref Header->HeadLock, owner);

                // In here, while the dead one's entry is still there: who dies between the sweep and this leaves both to the next.
                NoteReturns();
                return true;
            });
    }

    internal SharedMemory Block { get; }

    internal RingHeader* Header { get; }

    internal byte* Slots => (byte*)Header + RingHeader.ByteSize;

    internal RingMode Mode { get; }

    internal long Capacity { get; }

    internal bool Redelivers { get; }

    /// <summary>Whether publishers have no fence, so that sleepers must reach them.</summary>
    private bool LightFences { get; }

    /// <summary>Whether a publisher needs a fence of its own between a change and its look for sleepers (see <see cref="Gate"/>).</summary>
    internal bool NeedsFence { get; }

    internal uint Owner => _participants.Owner;

    internal static RingControl Create(
        string kind, long capacity, int itemSize, long slotBytes, string? name, RingOptions options, Func<RingControl, uint, bool> sweep)
    {
        SharedMemory block = SharedMemory.Create(RingHeader.ByteSize + slotBytes, name, options.Block);
        try
        {
            var header = (RingHeader*)block.Start;
            header->Mode = (int)options.Mode;
            header->ItemSize = itemSize;
            header->Capacity = capacity;
            header->OnDeath = (int)options.OnConsumerDeath;
            header->LightFences = SharedFence.IsAsymmetric ? 1 : 0;
            var control = new RingControl(block, sweep);
            StructureHeader.Publish(block.Start, kind, RingHeader.Version, block.Size);
            return control;
        }
        catch
        {
            block.Dispose();
            SharedMemory.TryUnlink(block.Name);
            throw;
        }
    }

    internal static RingControl Attach(string kind, string name, int itemSize, Func<RingHeader, long> slotBytes, Func<RingControl, uint, bool> sweep)
    {
        SharedMemory block = SharedMemory.Attach(name);
        try
        {
            long size = StructureHeader.Check(block.Start, block.Size, kind, RingHeader.Version, name);
            if (size < RingHeader.ByteSize)
            {
                throw new InvalidDataException($"'{name}' is a {kind} of {size} bytes: too few for its header.");
            }

            RingHeader header = *(RingHeader*)block.Start;
            if (header.ItemSize != itemSize)
            {
                throw new InvalidDataException($"'{name}' is a ring of values of {header.ItemSize} bytes, not of {itemSize}.");
            }

            if (!Enum.IsDefined((RingMode)header.Mode) || header.OnDeath is not (0 or 1) || header.Capacity < 2 || !BitOperations.IsPow2(header.Capacity)
                || header.Capacity > size || RingHeader.ByteSize + slotBytes(header) > size)
            {
                throw new InvalidDataException(
                    $"'{name}' is a {kind} whose header makes no sense: mode {header.Mode}, capacity {header.Capacity}, {size} bytes in all.");
            }

            return new RingControl(block, sweep);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    /// <summary>To be called after each change that consumers may wait for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void TellConsumers()
    {
        if (NeedsFence)
        {
            Interlocked.MemoryBarrier();
        }

        if (Header->Items.IsWanted)
        {
            Gate.Open(&Header->Items);
        }
    }

    /// <summary>To be called after each change that producers may wait for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void TellProducers()
    {
        if (NeedsFence)
        {
            Interlocked.MemoryBarrier();
        }

        if (Header->Room.IsWanted)
        {
            Gate.Open(&Header->Room);
        }
    }

    /// <summary>Makes this handle the one producer.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void BecomeProducer()
    {
        Become(ref Header->Producer, "producer");

        // Its cache may be that of somebody who died long ago: a bound that is too low, which is only slow.
        Header->SeenHead = Volatile.Read(ref Header->Head);
    }

    /// <summary>Makes this handle the one consumer, and settles what the one before it may have left half read.</summary>
    /// <returns>SPSC: up to which position messages are delivered for the second time.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal long BecomeConsumer()
    {
        uint before = Become(ref Header->Consumer, "consumer");
        Header->SeenTail = Volatile.Read(ref Header->Tail);
        long half = Header->Claim - Header->Head;
        if (before == 0 || before == Owner || Mode != RingMode.Spsc || half <= 0 || half > Capacity)
        {
            return Header->Head;
        }

        // In bytes where messages are of any size, which are read one by one.
        long count = Header->ItemSize == 0 ? 1 : half;
        if (Redelivers)
        {
            Header->Redelivered += count;
            return Header->Claim;
        }

        Volatile.Write(ref Header->Head, Header->Claim);
        Header->Dropped += count;
        return Header->Head;
    }

    /// <summary>Whether a lock's holder or a role's has died or left.</summary>
    internal bool IsGone(uint owner) => _participants.IsGone(owner);

    internal int HandleCount => _participants.Count;

    /// <summary>A wait for messages.</summary>
    internal GateWait WaitForItems(TimeSpan timeout, CancellationToken cancellation)
    {
        Block.ThrowIfDisposed();
        return Wait(&Header->Items, timeout, cancellation);
    }

    /// <summary>A wait for room.</summary>
    internal GateWait WaitForRoom(TimeSpan timeout, CancellationToken cancellation)
    {
        Block.ThrowIfDisposed();
        return Wait(&Header->Room, timeout, cancellation);
    }

    /// <summary>Looks for the dead, if nobody did so lately, and releases what they had claimed.</summary>
    internal void CheckForDead()
    {
        if (DeadCheck.IsDue(ref Header->LastCheck))
        {
            Recover();
        }
    }

    /// <summary>The same, now.</summary>
    internal bool Recover() => _participants.Recover();

    /// <summary>Says that messages were given back, or room.</summary>
    internal void NoteReturns()
    {
        Interlocked.Increment(ref Header->Returns);
        Gate.Open(&Header->Items);
        Gate.Open(&Header->Room);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        if (!Block.IsDisposed)
        {
            _participants.Leave();
            Release(ref Header->Consumer, Owner);
        }

        Block.Dispose();
    }

    /// <summary>Gives a word that holds an owner back; whoever takes it over from the dead does the same.</summary>
    private static void Release(ref uint word, uint owner)
    {
        if (Volatile.Read(ref word) == owner)
        {
            Interlocked.CompareExchange(ref word, 0, owner);
        }
    }

    private GateWait Wait(Gate* gate, TimeSpan timeout, CancellationToken cancellation) =>
        new(gate, _check, LightFences && !SharedFence.IsAsymmetric, timeout, cancellation);

    private uint Become(ref uint role, string what)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(RingControl));
        while (true)
        {
            uint holder = Volatile.Read(ref role);
            if (holder == Owner)
            {
                return holder;
            }

            if (holder != 0 && !IsGone(holder))
            {
                throw new InvalidOperationException($"The ring '{Block.Name}' is {Mode.ToString().ToUpperInvariant()} and has its {what}: another handle, whose process lives.");
            }

            if (Interlocked.CompareExchange(ref role, Owner, holder) == holder)
            {
                if (holder != 0)
                {
                    // What the one before had claimed comes first.
                    Recover();
                }

                return holder;
            }
        }
    }
}
