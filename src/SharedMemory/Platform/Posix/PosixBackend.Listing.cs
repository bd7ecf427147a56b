using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <content>What is there, and the names that go or come without a mapping.</content>
internal sealed unsafe partial class PosixBackend
{
    public void UnlinkAll(string prefix, ISet<string> removed, List<string> failures)
    {
        ThrowIfNotListable();
        PosixSweep.Run(SharedMemoryDirectory, prefix, removed, failures);
    }

    public bool TryLink(BlockName name, BlockName second)
    {
        if (!CanList)
        {
            return false;
        }

        // There is no shm_link: on Linux a block is a file of that folder.
        fixed (byte* from = Encoding.UTF8.GetBytes($"{SharedMemoryDirectory}/{name.Text}\0"),
            to = Encoding.UTF8.GetBytes($"{SharedMemoryDirectory}/{second.Text}\0"))
        {
            if (Libc.link(from, to) == 0)
            {
                return true;
            }
        }

        return Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.EEXIST ? false : throw Failure(name, "guard");
    }

    public bool Exists(BlockName name)
    {
        if (CanList)
        {
            // Looked at and not opened: a process that is out of descriptors must not take a block for gone.
            string path = name.IsFile ? name.Text : $"{SharedMemoryDirectory}/{name.Text}";
            if (FileStatus.TryOfPath(path, followLinks: name.IsFile, out FileStatus status))
            {
                return status.IsRegularFile;
            }

            return Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR ? false : throw Failure(name, "look for");
        }

        int fd = Open(name, Libc.O_RDONLY, 0);
        if (fd >= 0)
        {
            _ = Libc.close(fd);
            return true;
        }

        // A block that may not be opened exists all the same.
        return Marshal.GetLastPInvokeError() switch
        {
            Errno.ENOENT or Errno.ENOTDIR => false,
            Errno.EACCES or Errno.EPERM => true,
            _ => throw Failure(name, "look for"),
        };
    }

    public bool TryLookAt(BlockName name, out FileStatus status)
    {
        if (CanList)
        {
            return FileStatus.TryOfPath(name.IsFile ? name.Text : $"{SharedMemoryDirectory}/{name.Text}", followLinks: name.IsFile, out status)
                && status.IsRegularFile;
        }

        status = default;
        return false;
    }

    public List<string> ListNames(string prefix)
    {
        ThrowIfNotListable();

        // The names alone: the paths, which EnumerateFiles makes, nobody wants.
        return
        [
            .. new FileSystemEnumerable<string>(
                SharedMemoryDirectory, static (ref FileSystemEntry entry) => entry.FileName.ToString(), FileListing.HiddenToo)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                    !entry.IsDirectory && entry.FileName.StartsWith(prefix, StringComparison.Ordinal),
            },
        ];
    }

    public List<(string Name, FileStatus Status)> ListStatuses(string prefix)
    {
        List<string> names = ListNames(prefix);
        names.RemoveAll(BlockName.IsOfTheHouse);
        names.Sort(StringComparer.Ordinal);
        var blocks = new List<(string, FileStatus)>(names.Count);
        using SafeFileHandle folder = PosixFolder.Open(SharedMemoryDirectory);
        foreach (string name in names)
        {
            // One that goes while we look was not there.
            if (FileStatus.TryOfEntry(folder, name, out FileStatus status) && status.IsRegularFile)
            {
                blocks.Add((name, status));
            }
        }

        return blocks;
    }

    public IReadOnlyList<SharedMemoryInfo> List(string prefix) =>
        ListStatuses(prefix).ConvertAll(
            block => new SharedMemoryInfo(block.Name, block.Status.Size, block.Status.Mode, block.Status.OwnerUserId, KindOf(block.Name))
            {
                Created = block.Status.Modified,
            });

    private void ThrowIfNotListable()
    {
        if (!CanList)
        {
            throw new PlatformNotSupportedException("This system cannot list the blocks that exist.");
        }
    }

    public string? KindOf(string name)
    {
        int fd = Open(BlockName.Parse(name), Libc.O_RDONLY | Libc.O_NOFOLLOW, 0);
        if (fd < 0)
        {
            return null;
        }

        using var file = new SafeFileHandle(fd, ownsHandle: true);
        Span<byte> start = stackalloc byte[StructureHeader.ByteSize];
        return StructureHeader.KindOf(start[..RandomAccess.Read(file, start, 0)]);
    }
}
