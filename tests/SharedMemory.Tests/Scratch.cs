namespace Multiprocessing.Tests;

/// <summary>Names, blocks and files that are gone at the end of a test, whatever became of it.</summary>
internal sealed class Scratch : ScratchSpace
{
    private const string Shm = "/dev/shm";

    /// <summary>A new block under a new name, or under this one.</summary>
    internal SharedMemory Create(long size, string? name = null, SharedMemoryOptions? options = null) =>
        Keep(SharedMemory.Create(size, name ?? NewName(), options));

    internal SharedMemory Attach(string name, bool readOnly = false) => Keep(SharedMemory.Attach(name, readOnly));

    /// <summary>Where the system keeps the block of a name. The test is skipped where it does not do that in files.</summary>
    internal static string PathOf(string name)
    {
        Peer.Require(Directory.Exists(Shm), Shm);
        return Path.Combine(Shm, name);
    }

    /// <summary>A block as a creator leaves it that died before the sizing.</summary>
    internal string Unsized()
    {
        string name = NewName();
        File.Create(PathOf(name)).Dispose();
        return name;
    }
}
