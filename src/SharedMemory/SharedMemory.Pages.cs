namespace Multiprocessing;

/// <content>What the system does with the pages of a block.</content>
public sealed unsafe partial class SharedMemory
{
    /// <summary>Keeps the block in memory: it is never swapped out (mlock).</summary>
    /// <exception cref="UnauthorizedAccessException">This user may not lock memory.</exception>
    /// <exception cref="InsufficientMemoryException">It is more than the user's limit (RLIMIT_MEMLOCK), which the message names.</exception>
    public void Lock()
    {
        using var held = new HeldMapping(this);
        _mapping.Lock();
    }

    /// <summary>Lets the block be swapped out again (munlock).</summary>
    public void Unlock()
    {
        using var held = new HeldMapping(this);
        _mapping.Unlock();
    }

    /// <summary>Writes a file-backed block to its file (msync). Of no use, and no harm, for the others.</summary>
    /// <param name="wait">Whether to return only when the bytes are on the disk; else the system writes them when it sees fit.</param>
    public void Flush(bool wait = true) => Flush(wait, invalidate: false);

    /// <summary>Likewise, and asks that other mappings of the file see what is in it now (MS_INVALIDATE).</summary>
    internal void Flush(bool wait, bool invalidate)
    {
        using var held = new HeldMapping(this);
        _mapping.Flush(wait, invalidate);
    }

    /// <summary>
    /// Maps the pages of a range in advance, for one system call instead of one page fault each. Where the system cannot, they are mapped as
    /// they are touched.
    /// </summary>
    /// <exception cref="IOException">A page cannot be had: the block was not reserved, and its memory or disk is full.</exception>
    internal void Prefault(long byteOffset, long length)
    {
        using var held = new HeldMapping(this);
        _mapping.Prefault(byteOffset, length);
    }

    /// <summary>For as long as the system is asked about its pages, the block stays mapped, whatever other threads dispose.</summary>
    private readonly ref struct HeldMapping
    {
        private readonly SharedMemory _block;

        internal HeldMapping(SharedMemory block)
        {
            block.HoldMapping();
            _block = block;
        }

        public void Dispose() => _block.ReleaseMapping();
    }
}
