using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

public abstract partial class BlockConformance
{
    [Fact]
    public void After_Dispose_every_use_of_its_bytes_says_so()
    {
        SharedMemory block = Create(16);

        block.Dispose();

        Action[] uses =
        [
            () => _ = block.Span, () => _ = block.ReadOnlySpan, () => _ = block.Memory, () => _ = block.ReadOnlyMemory,
            () => _ = block.Address, () => block.AsSpan<byte>(), () => block.AsSpan<long>(8, 1), () => block.AsReadOnlySpan<byte>(),
            () => block.GetReference<int>(0) = 1, () => _ = block.GetReadOnlyReference<int>(0),
            () => block.AsSpan<byte>(-1), () => block.GetReference<int>(long.MaxValue),
            block.Lock, block.Unlock, () => block.Flush(), () => block.Flush(wait: false),
        ];
        Assert.All(uses, use => Assert.Equal(typeof(SharedMemory).FullName, Assert.Throws<ObjectDisposedException>(use).ObjectName));
    }

    [Fact]
    public void After_Dispose_it_still_says_what_it_was()
    {
        SharedMemory block = Create(16);
        string name = block.Name;

        block.Dispose();

        Assert.Equal(name, block.Name);
        Assert.Equal(16, block.Size);
        Assert.Equal(OwnerOnly, block.Mode);
        Assert.True(block.WasCreated);
        Assert.False(block.IsReadOnly);
        Assert.Contains(name, block.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Disposed_twice_and_by_many_threads_at_once_it_is_disposed_once() => Watchdog.Run(() =>
    {
        for (int round = 0; round < 100; round++)
        {
            SharedMemory block = Create(4096);
            using MemoryHandle pin = block.Memory.Pin();
            using var start = new Barrier(4);
            Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                start.SignalAndWait();
                block.Dispose();
            }))];
            Array.ForEach(threads, static thread => thread.Start());
            Array.ForEach(threads, static thread => thread.Join());
            block.Dispose();

            // One disposal too many would have unmapped the memory under the pin.
            Assert.Equal(0, ReadAt(pin));
        }
    });

    [Fact]
    public void A_dispose_during_a_use_gives_the_memory_or_the_exception_and_never_a_null_reference() => Watchdog.Run(() =>
    {
        for (int round = 0; round < 200; round++)
        {
            SharedMemory block = Create(1 << 20);
            SharedMemory other = Scratch.Attach(block.Name);
            using var start = new Barrier(2);
            var disposer = new Thread(() =>
            {
                start.SignalAndWait();
                Thread.SpinWait(round * 20);
                other.Dispose();
            });
            disposer.Start();
            start.SignalAndWait();
            Action useForEver = () =>
            {
                while (true)
                {
                    Assert.False(Unsafe.IsNullRef(ref MemoryMarshal.GetReference(other.Span)));
                    Assert.False(Unsafe.IsNullRef(ref MemoryMarshal.GetReference(other.AsSpan<byte>(0, 8))));
                    Assert.NotEqual(0, other.Address);
                    other.Flush(wait: false);
                    other.Unlock();
                }
            };
            Assert.Throws<ObjectDisposedException>(useForEver);
            disposer.Join();
            block.Dispose();
        }
    });

    [Fact]
    public void Dispose_leaves_the_mappings_of_others()
    {
        SharedMemory block = Create(10);
        SharedMemory other = Scratch.Attach(block.Name);
        block.Span[0] = 5;

        block.Dispose();

        Assert.Equal(5, other.Span[0]);
        other.Span[0] = 6;
    }

    [Fact]
    public void Dispose_unmaps_it()
    {
        SharedMemory block = Create(8192);
        string mapping = OwnProcess.MappingAt(block.Address);

        block.Dispose();

        Assert.DoesNotContain(mapping, OwnProcess.Mappings);
    }
}
