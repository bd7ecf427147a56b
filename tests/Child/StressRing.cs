using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>A ring of values or of messages, for those who do not care which, but for what happens between the two halves of writing and reading.</summary>
internal abstract class StressRing : IDisposable
{
    internal abstract long Count { get; }

    internal static StressRing Attach(string name, string kind) => kind == "values" ? new OfValues(name) : new OfMessages(name);

    /// <summary>Writes, in one step, and waits for room.</summary>
    internal abstract void Write(StressMessage message);

    /// <summary>Writes in two steps; false when there is no room.</summary>
    internal abstract bool TryWrite(StressMessage message, Action<StressMessage> afterClaim);

    /// <summary>Reads; false when there is nothing.</summary>
    internal abstract bool TryRead(Action<StressMessage, bool> beforeRelease);

    public abstract void Dispose();

    private sealed class OfValues(string name) : StressRing
    {
        private readonly SharedRing<StressMessage> _ring = SharedRing<StressMessage>.Attach(name);

        internal override long Count => _ring.Count;

        internal override void Write(StressMessage message) => _ring.Enqueue(message);

        internal override bool TryWrite(StressMessage message, Action<StressMessage> afterClaim)
        {
            if (!_ring.TryReserve(out RingReservation<StressMessage> place))
            {
                return false;
            }

            place.Value = message;
            afterClaim(message);
            place.Commit();
            return true;
        }

        internal override bool TryRead(Action<StressMessage, bool> beforeRelease)
        {
            if (!_ring.TryPeek(out RingMessage<StressMessage> message))
            {
                return false;
            }

            beforeRelease(message.Value, message.IsRedelivered);
            message.Advance();
            return true;
        }

        public override void Dispose() => _ring.Dispose();
    }

    private sealed class OfMessages(string name) : StressRing
    {
        private readonly SharedRing _ring = SharedRing.Attach(name);

        internal override long Count => _ring.Count;

        internal override void Write(StressMessage message)
        {
            Span<byte> bytes = stackalloc byte[LengthOf(message)];
            MemoryMarshal.Write(bytes, message);
            _ring.Enqueue(bytes);
        }

        internal override bool TryWrite(StressMessage message, Action<StressMessage> afterClaim)
        {
            if (!_ring.TryReserve(LengthOf(message), out RingReservation place))
            {
                return false;
            }

            MemoryMarshal.Write(place.Bytes, message);
            afterClaim(message);
            place.Commit();
            return true;
        }

        internal override bool TryRead(Action<StressMessage, bool> beforeRelease)
        {
            if (!_ring.TryPeek(out RingMessage message))
            {
                return false;
            }

            var content = MemoryMarshal.Read<StressMessage>(message.Bytes);

            // One of another length is a mixed up one: it is torn, too.
            beforeRelease(message.Bytes.Length == LengthOf(content) ? content : default, message.IsRedelivered);
            message.Advance();
            return true;
        }

        public override void Dispose() => _ring.Dispose();

        /// <summary>The length depends on the number, so that a mixed up one is found.</summary>
        private static int LengthOf(StressMessage message) => 16 + (message.Number % 200);
    }
}
