using System.Runtime.CompilerServices;

namespace Multiprocessing.Bench;

/// <summary>One end of a ring that is measured.</summary>
internal abstract class RingEnd : IDisposable
{
    internal const int Capacity = 1 << 14;

    /// <summary>So many messages a call: short enough that the loops are called often, and so compiled as well as can be.</summary>
    private protected const int Chunk = 2048;

    internal static RingEnd Open(RingKind kind, int size, string name, bool creates) => size switch
    {
        8 => Open<Numbered.M8>(kind, name, creates),
        16 => Open<Numbered.M16>(kind, name, creates),
        32 => Open<Numbered.M32>(kind, name, creates),
        _ => Open<Numbered.M64>(kind, name, creates),
    };

    /// <summary>Adds the messages of these numbers, and polls for room.</summary>
    internal void Produce(long from, long to)
    {
        for (; from < to; from += Chunk)
        {
            ProduceChunk(from, Math.Min(from + Chunk, to));
        }
    }

    /// <summary>Removes the messages of these numbers, and polls for them.</summary>
    internal void Consume(long from, long to)
    {
        for (; from < to; from += Chunk)
        {
            ConsumeChunk(from, Math.Min(from + Chunk, to));
        }
    }

    internal abstract void Unlink();

    public abstract void Dispose();

    private protected abstract void ProduceChunk(long from, long to);

    private protected abstract void ConsumeChunk(long from, long to);

    /// <summary>By value, and part of the caller: the peers' loops do not differ in what they do with a message.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static void Check<T>(T item, long number)
        where T : INumbered<T>
    {
        if (!item.Is(number))
        {
            throw Wrong(number);
        }
    }

    private static InvalidOperationException Wrong(long number) => new($"Another message came in the place of {number}.");

    private static RingEnd Open<T>(RingKind kind, string name, bool creates)
        where T : unmanaged, INumbered<T> => kind switch
        {
            RingKind.Lamport => new LamportEnd<T>(name, creates),
            RingKind.SpscBatch => new BatchEnd<T>(name, RingMode.Spsc, creates),
            RingKind.MpmcBatch => new BatchEnd<T>(name, RingMode.Mpmc, creates),
            _ => new SingleEnd<T>(name, Enum.Parse<RingMode>(kind.ToString()), creates),
        };

    private sealed class LamportEnd<T> : RingEnd
        where T : unmanaged, INumbered<T>
    {
        private readonly SharedMemory _block;
        private readonly LamportRing<T> _ring;

        internal unsafe LamportEnd(string name, bool creates)
        {
            _block = creates ? SharedMemory.Create(LamportRing<T>.HeaderBytes + ((long)Capacity * sizeof(T)), name) : SharedMemory.Attach(name);
            _ring = new LamportRing<T>(_block, Capacity);
        }

        internal override void Unlink() => _block.Unlink();

        public override void Dispose() => _block.Dispose();

        private protected override void ProduceChunk(long from, long to)
        {
            LamportRing<T> ring = _ring;
            for (; from < to; from++)
            {
                T item = T.Of(from);
                while (!ring.TryEnqueue(item))
                {
                }
            }
        }

        private protected override void ConsumeChunk(long from, long to)
        {
            LamportRing<T> ring = _ring;
            for (; from < to; from++)
            {
                T item;
                while (!ring.TryDequeue(out item))
                {
                }

                Check(item, from);
            }
        }
    }

    private sealed class SingleEnd<T>(string name, RingMode mode, bool creates) : RingEnd
        where T : unmanaged, INumbered<T>
    {
        private readonly SharedRing<T> _ring = OpenRing<T>(name, mode, creates);

        internal override void Unlink() => _ring.Unlink();

        public override void Dispose() => _ring.Dispose();

        private protected override void ProduceChunk(long from, long to)
        {
            SharedRing<T> ring = _ring;
            for (; from < to; from++)
            {
                T item = T.Of(from);
                while (!ring.TryEnqueue(item))
                {
                }
            }
        }

        private protected override void ConsumeChunk(long from, long to)
        {
            SharedRing<T> ring = _ring;
            for (; from < to; from++)
            {
                T item;
                while (!ring.TryDequeue(out item))
                {
                }

                Check(item, from);
            }
        }
    }

    private sealed class BatchEnd<T>(string name, RingMode mode, bool creates) : RingEnd
        where T : unmanaged, INumbered<T>
    {
        private const int Batch = 32;

        private readonly SharedRing<T> _ring = OpenRing<T>(name, mode, creates);

        internal override void Unlink() => _ring.Unlink();

        public override void Dispose() => _ring.Dispose();

        private protected override void ProduceChunk(long from, long to)
        {
            Span<T> batch = stackalloc T[Batch];
            for (; from < to; from += Batch)
            {
                for (int i = 0; i < batch.Length; i++)
                {
                    batch[i] = T.Of(from + i);
                }

                for (int done = 0; done < Batch;)
                {
                    done += _ring.EnqueueMany(batch[done..], RingBatch.AsManyAsFit);
                }
            }
        }

        private protected override void ConsumeChunk(long from, long to)
        {
            Span<T> batch = stackalloc T[Batch];
            while (from < to)
            {
                int count = _ring.DequeueMany(batch[..(int)Math.Min(Batch, to - from)], RingBatch.AsManyAsFit);
                foreach (ref readonly T item in batch[..count])
                {
                    Check(item, from++);
                }
            }
        }
    }

    private static SharedRing<T> OpenRing<T>(string name, RingMode mode, bool creates)
        where T : unmanaged =>
        creates ? SharedRing<T>.Create(Capacity, name, new RingOptions { Mode = mode }) : SharedRing<T>.Attach(name);
}
