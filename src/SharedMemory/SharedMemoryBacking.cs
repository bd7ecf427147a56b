namespace Multiprocessing;

/// <summary>Where the bytes of a block live.</summary>
public enum SharedMemoryBacking
{
    /// <summary>In the system's shared memory, under a name that others attach to (<c>/dev/shm/NAME</c> on Linux).</summary>
    Named,

    /// <summary>In a file: the name given to <see cref="SharedMemory.Create"/> is its path. The bytes of the block are the bytes of the file.</summary>
    File,

    /// <summary>
    /// In memory that has no name and so can never be left behind (<c>memfd_create</c> on Linux). Others of the same user
    /// may attach by <see cref="SharedMemory.Name"/> for as long as the creator holds the block (not on macOS, which has no way to).
    /// </summary>
    Anonymous,
}
