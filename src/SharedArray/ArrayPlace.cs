namespace Multiprocessing;

/// <summary>An array as it lies in a block: what an instance of <see cref="SharedArray"/> is made of.</summary>
/// <param name="Block">The block.</param>
/// <param name="ByteOffset">Where the elements begin in it.</param>
/// <param name="Description">What they are.</param>
/// <param name="OwnsBlock">Whether the block is closed with the array.</param>
internal sealed record ArrayPlace(SharedMemory Block, long ByteOffset, ArrayDescription Description, bool OwnsBlock)
{
    /// <summary>How long an attach waits for a creator who has sized the block and not yet finished the footer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes a block and an array in it.</summary>
    internal static ArrayPlace Create(
        string? name, ReadOnlySpan<nint> shape, SharedArrayType type, SharedMemoryOptions? options, SharedArrayFormat format)
    {
        int footerBytes = Footer.Bytes(format);
        (long length, long bytes) = ArrayShape.Measure(shape, type, Footer.Dimensions(format));
        string? blockName = name is null ? null : ArrayName.ToBlock(name, options);
        bool isFile = options?.Backing == SharedMemoryBacking.File || blockName?.StartsWith(BlockName.FileScheme, StringComparison.Ordinal) == true;

        // The footer is at the end that others see.
        long size = BlockBackend.Current.SizeAsAttached(isFile, bytes + footerBytes);
        Span<byte> footer = stackalloc byte[Footer.MostBytes];
        footer = footer[..footerBytes];
        Footer.Write(footer, bytes, type, shape);
        return new ArrayPlace(SharedMemory.CreateEnding(size, blockName, options, footer), 0, new ArrayDescription(type, shape.ToArray(), length), OwnsBlock: true);
    }

    /// <summary>Attaches to an array that exists, or that comes into being just now.</summary>
    internal static ArrayPlace Attach(string name, bool readOnly)
    {
        var end = new EndOfBlock(stackalloc byte[Footer.MostBytes], stackalloc byte[Footer.MostBytes]);
        SharedMemory block = SharedMemory.AttachReading(ArrayName.ToBlock(name), readOnly, end);
        try
        {
            ArrayDescription found = Footer.TryRead(end, block.Size, out ArrayDescription atOnce) == FooterState.Array ? atOnce : Describe(block);
            return new ArrayPlace(block, 0, found, OwnsBlock: true);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    /// <summary>A part of a block that has no footer.</summary>
    internal static ArrayPlace Over(SharedMemory block, ReadOnlySpan<nint> shape, SharedArrayType type, long byteOffset)
    {
        ArgumentNullException.ThrowIfNull(block);
        block.ThrowIfDisposed();
        (long length, long bytes) = ArrayShape.Measure(shape, type, Footer.Dimensions(SharedArrayFormat.NumPy2));
        if (byteOffset < 0 || byteOffset > block.Size || bytes > block.Size - byteOffset)
        {
            throw new ArgumentOutOfRangeException(
                nameof(byteOffset),
                $"An array of {type} {ArrayShape.Text(shape)} has {bytes} bytes; at offset {byteOffset} they do not lie within the block '{block.Name}' of {block.Size} bytes.");
        }

        return new ArrayPlace(block, byteOffset, new ArrayDescription(type, shape.ToArray(), length), OwnsBlock: false);
    }

    /// <summary>What is in a block that had no footer at a first look.</summary>
    private static ArrayDescription Describe(SharedMemory block)
    {
        int count = (int)Math.Min(block.Size, Footer.MostBytes);
        ReadOnlySpan<byte> there = block.AsReadOnlySpan<byte>(block.Size - count, count);
        Span<byte> end = stackalloc byte[count];
        long began = 0;
        bool looksAgain = false;
        while (true)
        {
            // The first byte of the magic is written last: what is copied after it was seen is whole.
            Copy(there, end);
            FooterState state = Footer.TryRead(end, block.Size, out ArrayDescription found);
            if (state == FooterState.Array)
            {
                return found;
            }

            long now = Environment.TickCount64;
            began = began == 0 ? now : began;
            if (state == FooterState.Unfinished ? now - began >= (long)Patience.TotalMilliseconds : looksAgain)
            {
                byte[] start = block.AsReadOnlySpan<byte>(0, count).ToArray();
                throw new InvalidDataException($"The block '{block.Name}' is not a SharedArray: {Footer.Explain(state, end, start)}.");
            }

            // What does not fit may be half written: that takes its writer no time at all, if it is one.
            looksAgain = state != FooterState.Unfinished;
            Thread.Sleep(looksAgain ? 1 : 0);
        }
    }

    private static void Copy(ReadOnlySpan<byte> there, Span<byte> end)
    {
        foreach (int bytes in (ReadOnlySpan<int>)[Footer.FewestBytes, Footer.MostBytes])
        {
            if (there.Length >= bytes)
            {
                _ = Volatile.Read(in there[^bytes]);
            }
        }

        there.CopyTo(end);
    }
}
