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
