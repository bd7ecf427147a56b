using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A queue of values in shared memory, first in, first out, that any number of processes write to and read from, and that survives the death of any of them at any
/// instruction. What pyshm's <c>Ring</c> is, with names, waiting, and without its hang.
/// </summary>
/// <typeparam name="T">What it holds: any type without references, the same in all processes. Values are copied; an address in one means nothing elsewhere.</typeparam>
/// <remarks>
/// <para>A handle is what <see cref="Create"/> or <see cref="Attach"/> returns. In <see cref="RingMode.Mpmc"/> any threads may share it; where a mode says "one", one
/// thread at a time uses it on that side. Not in the same moment as <see cref="Dispose"/>.</para>
/// <para>What a death leaves (the words and who repairs them: <c>docs/protocol.md</c>):</para>
/// <code>
///  SIGKILL of a producer                                  SIGKILL of a consumer
///  before its claim        nothing                        before it took a message   nothing
///  claimed, not committed  a hole, that all skip: its     taken, not finished        delivered again (IsRedelivered), or dropped, as
///                          own message only is lost                                  RingOptions.OnConsumerDeath says; counted either way
///  committed               the message is delivered       finished                   nothing
/// </code>
/// <para>Who waits finds out within 100 ms; who only tries, when it has tried for a while. A process that is stopped is alive, however long: what it has claimed is waited for.</para>
/// <para>The message that was given back is delivered out of order; otherwise the order is that of the claims, and a batch's values stay in order.</para>
/// </remarks>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "Create and Attach look alike on all containers.")]
public sealed unsafe partial class SharedRing<T> : IDisposable
    where T : unmanaged
{
    private const string Kind = "ring";
    private const int RefusedEnqueues = 16;
    private const int RefusedDequeues = 32;
    private const int RefusalsBetweenChecks = 256;

    private readonly RingControl _control;
    private readonly SlotRing<T> _slots;
    private readonly bool _isSpsc;

    /// <summary>Not read-only: it holds what each side knows.</summary>
    private SpscRing<T> _spsc;

    /// <summary>Counted apart from all else that the two sides read: they would take each other's cache lines away.</summary>
    private readonly long[] _refusals = new long[64];
    private bool _writes;
    private bool _reads;

    /// <summary>The same where slots are written, and nobody needs a fence: the usual case of many.</summary>
    private bool _writesSlots;
    private bool _readsSlots;
    private long _redeliveredUntil;

    private SharedRing(RingControl control)
    {
        _control = control;
        _isSpsc = control.Mode == RingMode.Spsc;
        _spsc = new SpscRing<T>(control);
        _slots = new SlotRing<T>(control);
    }

    /// <summary>The name by which another process attaches.</summary>
    public string Name => _control.Block.Name;

    /// <summary>The block that the ring is in.</summary>
    public SharedMemory Block => _control.Block;

    /// <summary>How many may write and read.</summary>
    public RingMode Mode => _control.Mode;

    /// <summary>What becomes of what a dead consumer had taken.</summary>
    public TakenMessages OnConsumerDeath => _control.Redelivers ? TakenMessages.Redeliver : TakenMessages.Drop;

    /// <summary>How many values it holds when it is full.</summary>
    public long Capacity => _control.Capacity;

    /// <summary>How many there are at this moment, those that are just being written included.</summary>
    /// <exception cref="ObjectDisposedException">The ring is disposed.</exception>
    public long Count
    {
        get
        {
            _control.Block.ThrowIfDisposed();
            return _isSpsc ? _spsc.Count : _slots.Count;
        }
    }

    /// <summary>How many claims of dead producers were skipped so far.</summary>
    public long HoleCount => Counters->Holes;

    /// <summary>How many messages that a dead consumer had taken were given to others so far.</summary>
    public long RedeliveredCount => Counters->Redelivered;

    /// <summary>How many messages that a dead consumer had taken were dropped so far.</summary>
    public long DroppedCount => Counters->Dropped;

    internal RingControl Control => _control;

    private RingHeader* Counters
    {
        get
        {
            _control.Block.ThrowIfDisposed();
            return _control.Header;
        }
    }

    /// <summary>Makes a new ring in a block of its own.</summary>
    /// <param name="capacity">How many values it holds: a power of two, at least 2.</param>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="options">The mode, and how the block is created.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is no power of two, less than 2, or more than 2^30.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <remarks>A creation that fails leaves no block.</remarks>
    public static SharedRing<T> Create(long capacity, string? name = null, RingOptions? options = null)
    {
        RingCapacity.Check(capacity);
        options ??= RingOptions.Default;
        options.Check(nameof(options));

        // Slots of zeros are those of the first lap: free.
        return new SharedRing<T>(RingControl.Create(Kind, capacity, sizeof(T), SlotBytes(options.Mode, capacity), name, options, SweepOf(options.Mode)));
    }

    /// <summary>Attaches to a ring that exists.</summary>
    /// <param name="name">The name of its block.</param>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="InvalidDataException">It is no ring, or one of values of another size: the message says what was found.</exception>
    /// <exception cref="InvalidOperationException">255 handles are open to it already.</exception>
    public static SharedRing<T> Attach(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new SharedRing<T>(RingControl.Attach(
            Kind,
            name,
            sizeof(T),
            static header => SlotBytes((RingMode)header.Mode, header.Capacity),
            static (control, owner) => SweepOf(control.Mode)(control, owner)));
    }

    /// <summary>Adds a value; false when the ring is full.</summary>
    /// <exception cref="InvalidOperationException">Another handle is the ring's one producer.</exception>
    /// <exception cref="ObjectDisposedException">The ring is disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SkipLocalsInit]
    public bool TryEnqueue(in T item)
    {
        // What is here becomes part of the caller; nothing in it takes the address of the item, which may so stay in registers.
        if (_spsc.TryEnqueue(item, out bool isWanted))
        {
            if (isWanted)
            {
                _control.TellConsumers();
            }

            return true;
        }

        T copy = item;
        return EnqueueOther(&copy);
    }

    /// <summary>Removes the oldest value; false when there is none.</summary>
    /// <exception cref="InvalidOperationException">Another handle is the ring's one consumer.</exception>
    /// <exception cref="ObjectDisposedException">The ring is disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SkipLocalsInit]
    public bool TryDequeue(out T item)
    {
        // No call is made while the item is in registers, or it would be in memory all the time: it is kept elsewhere meanwhile.
        T kept;
        if (!_spsc.TryDequeue(out item, out bool isWanted))
        {
            bool isThere = DequeueOther(&kept);
            item = kept;
            return isThere;
        }

        if (isWanted)
        {
            kept = item;
            TellProducers(&kept);
            item = kept;
        }

        return true;
    }

    /// <summary>Looks for processes that died, and releases what they had claimed. Waiting does that by itself; this is for who never waits.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Recover()
    {
        _control.Block.ThrowIfDisposed();
        return _control.Recover();
    }

    /// <inheritdoc cref="SharedMemory.Unlink"/>
    public void Unlink() => _control.Block.Unlink();

    /// <summary>Releases what this handle has claimed and closes this process's mapping. The ring stays until somebody unlinks it.</summary>
    public void Dispose()
    {
        _writes = _writesSlots = false;
        _reads = _readsSlots = false;
        _spsc.Close();
        _control.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => $"SharedRing<{typeof(T).Name}>('{Name}', {Mode}, capacity={Capacity})";

    /// <summary>Whether a message of this value is there, be it taken and not finished. For <see cref="SharedMemoryPool.ReclaimPassed"/>.</summary>
    internal bool Contains(in T value)
    {
        _control.Block.ThrowIfDisposed();
        return _isSpsc ? _spsc.Contains(value) : _slots.Contains(value);
    }

    private static long SlotBytes(RingMode mode, long capacity) =>
        mode == RingMode.Spsc ? SpscRing<T>.SlotBytes(capacity) : SlotRing<T>.SlotBytes(capacity);

    private static Func<RingControl, uint, bool> SweepOf(RingMode mode) => mode == RingMode.Spsc ? static (_, _) => true : SlotRing<T>.Sweep;

    /// <summary>Where there are many producers, and in SPSC when it is not known that there is room.</summary>
    /// <remarks>All calls in it are its last: so it saves no registers, and each store less is a cycle less before the next compare-and-swap.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool EnqueueOther(T* item) =>
        !_writesSlots || !_slots.TryEnqueue(item) ? EnqueueSlowly(item)
        : _slots.IsItemWanted ? TellConsumers()
        : true;

    /// <inheritdoc cref="EnqueueOther"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool DequeueOther(T* item) =>
        !_readsSlots || !_slots.TryDequeue(item) ? DequeueSlowly(item)
        : _slots.IsRoomWanted ? TellProducers(item)
        : true;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool EnqueueSlowly(T* item)
    {
        if (!_writes)
        {
            BeginWriting();
        }

        if (_isSpsc)
        {
            T* place = _spsc.Reserve();
            if (place == null)
            {
                return Refuse(RefusedEnqueues);
            }

            *place = *item;
            _spsc.Publish();
        }
        else
        {
            ulong* slot = _slots.TryClaim();
            if (slot == null)
            {
                return Refuse(RefusedEnqueues);
            }

            *SlotRing<T>.Value(slot) = *item;
            SlotRing<T>.Commit(slot);
        }

        _control.TellConsumers();
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool DequeueSlowly(T* item)
    {
        if (!_reads)
        {
            BeginReading();
        }

        if (_isSpsc)
        {
            T* place = _spsc.Front();
            if (place == null)
            {
                *item = default;
                return Refuse(RefusedDequeues);
            }

            *item = *place;
            _spsc.Advance();
        }
        else
        {
            ulong* slot = _slots.TryTake(out _);
            if (slot == null)
            {
                *item = default;
                return Refuse(RefusedDequeues);
            }

            *item = *SlotRing<T>.Value(slot);
            SlotRing<T>.Release(slot);
        }

        _control.TellProducers();
        return true;
    }

    /// <summary>Tells those who wait for room. It is given the item that the caller keeps meanwhile, so that this is in memory and not in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TellProducers(T* kept)
    {
        _ = kept;
        _control.TellProducers();
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TellConsumers()
    {
        _control.TellConsumers();
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BeginWriting()
    {
        _control.Block.ThrowIfDisposed();
        if (_isSpsc)
        {
            _control.BecomeProducer();
        }

        _writes = true;
        _writesSlots = !_isSpsc && !_control.NeedsFence;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BeginReading()
    {
        _control.Block.ThrowIfDisposed();
        if (Mode != RingMode.Mpmc)
        {
            _redeliveredUntil = _control.BecomeConsumer();
        }

        _reads = true;
        _readsSlots = !_isSpsc && !_control.NeedsFence;
    }

    /// <summary>Full, or empty. Somebody who only tries must find the dead too, and must not pay for it at each try.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Refuse(int side)
    {
        if (++_refusals[side] % RefusalsBetweenChecks == 0)
        {
            _control.CheckForDead();
        }

        return false;
    }
}
