using FsCheck;
using FsCheck.Fluent;

namespace Multiprocessing.Tests;

/// <summary>Random calls on a ring and on a plain queue: both say the same.</summary>
public sealed class RingModelTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true);

    [Theory]
    [CombinatorialModes]
    public void A_ring_of_values_is_a_bounded_queue(RingMode mode) => Watchdog.Run(() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte Call, byte Size)[]>(), calls =>
        {
            using var scratch = new Scratch();
            SharedRing<int> ring = scratch.Ring<int>(8, mode);
            SharedRing<int> reader = scratch.Attach(ring);
            var queue = new Queue<int>();
            int next = 0;
            foreach ((byte call, byte size) in calls)
            {
                int[] items = [.. Enumerable.Range(next, size % 11)];
                RingBatch batch = size % 2 == 0 ? RingBatch.All : RingBatch.AsManyAsFit;
                int room = 8 - queue.Count;
                switch (call % 6)
                {
                    case 0:
                        Assert.Equal(room > 0, ring.TryEnqueue(next));
                        Put(room > 0 ? 1 : 0);
                        break;
                    case 1:
                        Assert.Equal(queue.TryDequeue(out int expected), reader.TryDequeue(out int value));
                        Assert.Equal(expected, value);
                        break;
                    case 2:
                        int added = Fitting(items.Length, room, batch);
                        Assert.Equal(added, ring.EnqueueMany(items, batch));
                        Put(added);
                        break;
                    case 3:
                        int removed = Fitting(items.Length, queue.Count, batch);
                        Assert.Equal(removed, reader.DequeueMany(items, batch));
                        Assert.All(items[..removed], item => Assert.Equal(queue.Dequeue(), item));
                        break;
                    case 4:
                        Assert.Equal(room > 0, ring.TryReserve(out RingReservation<int> place));
                        if (room > 0)
                        {
                            place.Value = next;
                            place.Commit();
                            Put(1);
                        }

                        break;
                    default:
                        Assert.Equal(queue.Count > 0, reader.TryPeek(out RingMessage<int> message));
                        if (queue.Count > 0)
                        {
                            Assert.Equal(queue.Peek(), message.Value);
                            if (size % 3 == 0)
                            {
                                message.Dispose();
                            }
                            else
                            {
                                message.Advance();
                                queue.Dequeue();
                            }
                        }

                        break;
                }

                Assert.Equal(queue.Count, ring.Count);
            }

            void Put(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    queue.Enqueue(next++);
                }
            }
        }).Check(Runs));

    [Theory]
    [CombinatorialModes]
    public void A_ring_of_messages_is_a_queue_that_loses_and_mixes_nothing(RingMode mode) => Watchdog.Run(() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte Call, ushort Size)[]>(), calls =>
        {
            using var scratch = new Scratch();
            SharedRing ring = scratch.Messages(512, mode);
            SharedRing reader = scratch.Attach(ring);
            var queue = new Queue<byte[]>();
            byte fill = 0;
            foreach ((byte call, ushort size) in calls)
            {
                byte[] message = new byte[size % (ring.MaxMessageSize + 1)];
                message.AsSpan().Fill(fill++);
                switch (call % 5)
                {
                    case 0:
                        if (ring.TryEnqueue(message))
                        {
                            queue.Enqueue(message);
                        }
                        else
                        {
                            // What an empty ring refuses it would refuse for ever.
                            Assert.NotEmpty(queue);
                        }

                        break;
                    case 1:
                        ReadOnlyMemory<byte>[] three = [message.AsMemory(0, message.Length / 3), message.AsMemory(0, message.Length / 2), message.AsMemory(0, 0)];
                        int added = ring.EnqueueMany(three, size % 2 == 0 ? RingBatch.All : RingBatch.AsManyAsFit);
                        Assert.True(size % 2 != 0 || added is 0 or 3);
                        Array.ForEach(three[..added], part => queue.Enqueue(part.ToArray()));
                        break;
                    case 2:
                        if (ring.TryReserve(message.Length, out RingReservation place))
                        {
                            message.CopyTo(place.Bytes);
                            if (size % 2 == 0)
                            {
                                place.Commit(message.Length / 2);
                                queue.Enqueue(message[..(message.Length / 2)]);
                            }

                            place.Dispose();
                        }

                        break;
                    default:
                        byte[] buffer = new byte[512];
                        Assert.Equal(queue.TryDequeue(out byte[]? expected), reader.TryDequeue(buffer, out int length));
                        Assert.Equal(expected ?? [], buffer[..length]);
                        break;
                }

                Assert.Equal(queue.Count, ring.Count);
            }
        }).Check(Runs));

    private static int Fitting(int asked, int there, RingBatch batch) => asked <= there ? asked : batch == RingBatch.All ? 0 : there;
}
