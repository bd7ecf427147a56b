using System.Buffers;

namespace Multiprocessing.Tests;

public abstract partial class BlockConformance
{
    [Fact]
    public void A_pin_keeps_the_bytes_mapped_after_Dispose_until_it_is_let_go()
    {
        SharedMemory block = Create(8192);
        block.Span[100] = 42;
        string mapping = OwnProcess.MappingAt(block.Address);
        MemoryHandle pin = block.Memory[100..].Pin();
        MemoryHandle second = block.ReadOnlyMemory.Pin();

        block.Dispose();

        Assert.Equal(42, ReadAt(pin));
        Assert.Equal(0, ReadAt(second));
        Assert.Contains(mapping, OwnProcess.Mappings);

        pin.Dispose();
        Assert.Contains(mapping, OwnProcess.Mappings);
        second.Dispose();
        Assert.DoesNotContain(mapping, OwnProcess.Mappings);

        pin.Dispose();
    }

    [Fact]
    public void Memory_that_was_kept_throws_after_Dispose()
    {
        SharedMemory block = Create(16);
        Memory<byte> memory = block.Memory[4..8];
        ReadOnlyMemory<byte> readOnly = block.ReadOnlyMemory;
        memory.Span[0] = 9;
        Assert.Equal(9, block.Span[4]);

        block.Dispose();

        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => memory.Pin());
        Assert.Throws<ObjectDisposedException>(() => memory.ToArray());
        Assert.Throws<ObjectDisposedException>(() => readOnly.Span.Length);
    }

    [Fact]
    public void Memory_throws_after_Dispose_also_while_somebody_else_has_it_pinned()
    {
        SharedMemory block = Create(16);
        Memory<byte> memory = block.Memory;
        using MemoryHandle pin = memory.Pin();

        block.Dispose();

        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => memory.Pin());
    }

    private static unsafe byte ReadAt(MemoryHandle pin) => *(byte*)pin.Pointer;
}
