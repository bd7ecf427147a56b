using System.Diagnostics;

namespace Multiprocessing.Shm;

/// <summary>Looks, and counts what came and went since it looked last: a block is its name and what is under it, so that one that was made anew counts.</summary>
internal sealed class TopLooker
{
    private readonly Inspector _inspector = new();
    private HashSet<(string Name, ulong Inode)>? _before;
    private long _when;

    /// <summary>What there is now.</summary>
    internal TopLook Look()
    {
        SystemPicture picture = _inspector.Look();
        long now = Stopwatch.GetTimestamp();
        HashSet<(string Name, ulong Inode)> blocks = [.. picture.Blocks.Select(static block => (block.Name, block.Inode))];
        double? created = null;
        double? unlinked = null;
        if (_before is not null)
        {
            double seconds = Stopwatch.GetElapsedTime(_when, now).TotalSeconds;
            int stayed = blocks.Count(_before.Contains);
            created = (blocks.Count - stayed) / seconds;
            unlinked = (_before.Count - stayed) / seconds;
        }

        _before = blocks;
        _when = now;
        var folder = new DriveInfo(LeaseFile.Directory);
        return new TopLook(DateTimeOffset.UtcNow, picture, folder.TotalSize, folder.AvailableFreeSpace, created, unlinked);
    }
}
