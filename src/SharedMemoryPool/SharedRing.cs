using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>A queue of messages of any size in shared memory, first in, first out: <see cref="SharedRing{T}"/> for bytes, with the same promises.</summary>
/// <remarks>
/// <para>The capacity is in bytes. A message takes its length and 16 bytes more, rounded up to 16, and does not wrap: the largest is <see cref="MaxMessageSize"/>, a little less than half
/// of the capacity.</para>
/// <para>Producers that meet wait for each other for the length of some stores; one that is stopped just there (not dead: a dead one is passed by) makes the others' attempts fail until it goes on.</para>
/// </remarks>
public sealed unsafe partial class SharedRing : IDisposable
{
    private const string Kind = "msgring";
    private const long LeastCapacity = 256;
    private const int RefusalsBetweenChecks = 256;

    private readonly RingControl _control;
    private readonly MessageRing _ring;
    private readonly long[] _refusals = new long[64];
    private bool _writes;
    private bool _reads;
    private long _redeliveredUntil;
    private long _lastResolve;

    private SharedRing(RingControl control)
    {
        _control = control;
        _ring = MessageRing.Over(control);
        MaxMessageSize = MessageRing.MostBytes(control.Capacity);
    }

    /// <summary>The name by which another process attaches.</summary>
    public string Name => _control.Block.Name;

    /// <summary>The block that the ring is in.</summary>
    public SharedMemory Block => _control.Block;

    /// <summary>How many may write and read.</summary>
    public RingMode Mode => _control.Mode;

    /// <summary>What becomes of what a dead consumer had taken.</summary>
    public TakenMessages OnConsumerDeath => _control.Redelivers ? TakenMessages.Redeliver : TakenMessages.Drop;

    /// <summary>How many bytes of messages, with 16 for each, it holds when it is full.</summary>
    public long Capacity => _control.Capacity;

    /// <summary>The largest message, in bytes.</summary>
    public int MaxMessageSize { get; }

    /// <summary>How many messages there are at this moment, those that are just being written or read included. Walks over all of them.</summary>
    /// <exception cref="ObjectDisposedException">The ring is disposed.</exception>
    public long Count
    {
        get
        {
            _control.Block.ThrowIfDisposed();
            return _ring.Count();
        }
    }

    /// <summary>How many claims of dead producers were skipped so far.</summary>
    public long HoleCount => Counters->Holes;

    /// <summary>How many messages that a dead consumer had taken were given to others so far.</summary>
    public long RedeliveredCount => Counters->Redelivered;

    /// <summary>How many messages that a dead consumer had taken were dropped so far.</summary>
    public long DroppedCount => Counters->Dropped;

    private RingHeader* Counters
    {
        get
        {
            _control.Block.ThrowIfDisposed();
            return _control.Header;
        }
    }

    /// <summary>Makes a new ring in a block of its own.</summary>
    /// <param name="capacity">Its bytes: a power of two, at least 256.</param>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="options">The mode, and how the block is created.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is no power of two, less than 256, or more than 2^30.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <remarks>A creation that fails leaves no block.</remarks>
    public static SharedRing Create(long capacity, string? name = null, RingOptions? options = null)
    {
        RingCapacity.Check(capacity, LeastCapacity);
        options ??= RingOptions.Default;
        options.Check(nameof(options));
        return new SharedRing(RingControl.Create(Kind, capacity, 0, capacity, name, options, MessageRing.Sweep));
    }

    /// <summary>Attaches to a ring that exists.</summary>
    /// <param name="name">The name of its block.</param>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="InvalidDataException">It is no ring of messages: the message says what was found.</exception>
    /// <exception cref="InvalidOperationException">255 handles are open to it already.</exception>
    public static SharedRing Attach(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new SharedRing(RingControl.Attach(Kind, name, 0, static header => header.Capacity, MessageRing.Sweep));
    }

    /// <summary>Adds a message; false when there is no room for it.</summary>
    /// <exception cref="ArgumentException">It is longer than <see cref="MaxMessageSize"/>.</exception>
    /// <exception cref="InvalidOperationException">Another handle is the ring's one producer.</exception>
    /// <exception cref="ObjectDisposedException">The ring is disposed.</exception>
    public bool TryEnqueue(ReadOnlySpan<byte> message)
    {
        RecordHeader* record = Append(message.Length, out long end);
        if (record == null)
        {
            return false;
        }

        message.CopyTo(new Span<byte>(MessageRing.Bytes(record), message.Length));
        _ring.Commit(record, end);
        _control.TellConsumers();
        return true;
    }

    /// <summary>Copies the oldest message out and removes it; false when there is none.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="length">Its length.</param>
    /// <exception cref="ArgumentException">It is longer than the buffer. It stays in the ring, and <paramref name="length"/> is not told: <see cref="TryPeek"/> tells it.</exception>
    /// <exception cref="InvalidOperationException">Another handle is the ring's one consumer.</exception>
    /// <exception cref="ObjectDisposedException">The ring is disposed.</exception>
    public bool TryDequeue(Span<byte> buffer, out int length)
    {
        length = 0;
        if (!TryPeek(out RingMessage message))
        {
            return false;
        }

        using (message)
        {
            if (message.Bytes.Length > buffer.Length)
            {
                throw new ArgumentException($"The message has {message.Bytes.Length} bytes, the buffer {buffer.Length}.", nameof(buffer));
            }

            message.Bytes.CopyTo(buffer);
            length = message.Bytes.Length;
            message.Advance();
            return true;
        }
    }

    /// <summary>Claims room for a message, to be written in place; false when there is none.</summary>
    /// <param name="length">Its bytes, or the most that they may be.</param>
    /// <param name="reservation">The room. Dispose it: what is not committed by then is given up.</param>
    /// <remarks>Consumers wait at room that is claimed and not committed: do not keep it long. In SPSC there is one at a time.</remarks>
    /// <inheritdoc cref="TryEnqueue(ReadOnlySpan{byte})"/>
    public bool TryReserve(int length, out RingReservation reservation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        RecordHeader* record = Append(length, out long end);
        reservation = record == null ? default : new RingReservation(this, record, end);
        return record != null;
    }

    /// <summary>Takes the oldest message, to be read in place; false when there is none.</summary>
    /// <param name="message">The message. Dispose it: one that is not advanced over by then is given back, and comes again.</param>
    /// <remarks>Where there is one consumer, it reads one message after the other.</remarks>
    /// <exception cref="InvalidOperationException">Another handle is the ring's one consumer.</exception>
    /// <exception cref="ObjectDisposedException">The ring is disposed.</exception>
    public bool TryPeek(out RingMessage message)
    {
        if (!_reads)
        {
            BeginReading();
        }

        RecordHeader* record = _ring.TryTake(out long position, out bool isReturned);
        if (record == null)
        {
            message = default;
            if (++_refusals[32] % RefusalsBetweenChecks == 0)
            {
                Resolve();
            }

            return false;
        }

        message = new RingMessage(this, record, position, isReturned || position < _redeliveredUntil);
        return true;
    }

    /// <summary>Adds messages, in their order.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="batch">Whether all or none, or as many as there is room for.</param>
    /// <returns>How many were added.</returns>
    /// <remarks>
    /// With <see cref="RingBatch.All"/> no other producer's message comes between them. In SPSC a producer that is killed in here leaves all or none; in the other modes those that
    /// it had come to.
    /// </remarks>
    /// <inheritdoc cref="TryEnqueue(ReadOnlySpan{byte})"/>
    public int EnqueueMany(ReadOnlySpan<ReadOnlyMemory<byte>> messages, RingBatch batch = RingBatch.All)
    {
        int added = 0;
        if (batch == RingBatch.AsManyAsFit)
        {
            while (added < messages.Length && TryEnqueue(messages[added].Span))
            {
                added++;
            }

            return added;
        }

        BeginAppend(0);
        foreach (ReadOnlyMemory<byte> message in messages)
        {
            CheckLength(message.Length);
        }

        nint[] records = System.Buffers.ArrayPool<nint>.Shared.Rent(messages.Length);
        if (_ring.TryAppendAll(messages, records, out long end))
        {
            for (; added < messages.Length; added++)
            {
                var record = (RecordHeader*)records[added];
                messages[added].Span.CopyTo(new Span<byte>(MessageRing.Bytes(record), messages[added].Length));
                if (Mode != RingMode.Spsc || added == messages.Length - 1)
                {
                    _ring.Commit(record, end);
                }
                else
                {
                    MessageRing.Prepare(record);
                }
            }

            _control.TellConsumers();
        }

        System.Buffers.ArrayPool<nint>.Shared.Return(records);
        return added;
    }

    /// <summary>Looks for processes that died, and releases what they had claimed. Waiting does that by itself; this is for who never waits.</summary>
    public void Recover()
    {
        _control.Block.ThrowIfDisposed();
        _control.Recover();
        if (_reads)
        {
            _ring.ResolveDead();
        }
    }

    /// <inheritdoc cref="SharedMemory.Unlink"/>
    public void Unlink() => _control.Block.Unlink();

    /// <summary>Releases what this handle has claimed and closes this process's mapping. The ring stays until somebody unlinks it.</summary>
    public void Dispose()
    {
        _writes = false;
        _reads = false;
        _control.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => $"SharedRing('{Name}', {Mode}, capacity={Capacity})";

    internal void Commit(RecordHeader* record, ulong seen, int length, long end)
    {
        ThrowIfOver(record, seen, "The reservation is committed or given up already.");
        record->Length = length;
        _ring.Commit(record, end);
        _control.TellConsumers();
    }

    internal void GiveUp(RecordHeader* record, ulong seen)
    {
        if (_writes && Volatile.Read(ref record->Word) == seen)
        {
            _ring.GiveUp(record);
            _control.TellConsumers();
        }
    }

    internal void Advance(RecordHeader* record, ulong seen, long position)
    {
        ThrowIfOver(record, seen, "The message is advanced over or given back already.");
        if (Mode != RingMode.Mpmc && _control.Header->Head != position)
        {
            throw new InvalidOperationException("The message is advanced over already.");
        }

        _ring.Advance(record, position);
        _control.TellProducers();
    }

    internal void GiveBack(RecordHeader* record, ulong seen, long position)
    {
        if (_reads && Volatile.Read(ref record->Word) == seen && (Mode == RingMode.Mpmc || _control.Header->Head == position))
        {
            _ring.GiveBack(record, position);
            _control.NoteReturns();
        }
    }

    private void ThrowIfOver(RecordHeader* record, ulong seen, string message)
    {
        _control.Block.ThrowIfDisposed();
        if (Volatile.Read(ref record->Word) != seen)
        {
            throw new InvalidOperationException(message);
        }
    }

    private RecordHeader* Append(int length, out long end)
    {
        BeginAppend(length);
        RecordHeader* record = _ring.TryAppend(length, out end);
        if (record == null && ++_refusals[16] % RefusalsBetweenChecks == 0)
        {
            _control.CheckForDead();
        }

        return record;
    }

    private void BeginAppend(int length)
    {
        if (!_writes)
        {
            BeginWriting();
        }

        CheckLength(length);
    }

    private void CheckLength(int length)
    {
        if (length > MaxMessageSize)
        {
            throw new ArgumentException($"A message of {length} bytes; the largest that the ring '{Name}' takes is {MaxMessageSize}.", nameof(length));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BeginWriting()
    {
        _control.Block.ThrowIfDisposed();
        if (Mode == RingMode.Spsc)
        {
            _control.BecomeProducer();
        }

        _writes = true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BeginReading()
    {
        _control.Block.ThrowIfDisposed();
        if (Mode != RingMode.Mpmc)
        {
            _redeliveredUntil = _control.BecomeConsumer();
            _ring.ResolveDead();
        }

        _reads = true;
    }

    /// <summary>Looks whether somebody dead is in the way, now and then.</summary>
    private void Resolve()
    {
        _control.CheckForDead();
        if (Mode == RingMode.Mpsc && Environment.TickCount64 - _lastResolve >= GateWait.CheckInterval)
        {
            _lastResolve = Environment.TickCount64;
            _ring.ResolveDead();
        }
    }
}
