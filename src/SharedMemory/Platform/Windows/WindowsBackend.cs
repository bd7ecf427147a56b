using System.IO.MemoryMappedFiles;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Multiprocessing;

/// <summary>
/// Blocks as named file mappings, which is also what CPython makes on Windows. A block has no life of its own there: it goes with
/// its last handle, so there is nothing to unlink and nothing to leak, and pages are always reserved (in the paging file).
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsBackend : IBlockBackend
{
    private const int AlreadyExists = unchecked((int)0x800700B7);
    private const int DiskFull = unchecked((int)0x80070070);
    private const int CommitmentLimit = unchecked((int)0x800705AF);

    /// <summary>How long an attach waits for the creator of a file to size it: one system call of it.</summary>
    private static readonly TimeSpan SizingPatience = TimeSpan.FromMilliseconds(200);

    public int MaxNameBytes => 255;

    public bool CanList => false;

    public bool LivesByHandles => true;

    public long? FreeSpace => null;

    public void FillRandom(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);

    public Mapping Create(BlockName name, long size, SharedMemoryOptions options, ReadOnlySpan<byte> end)
    {
        WindowsMapping mapping = name.IsFile ? CreateFile(name, size) : CreateMapping(name.Text, size, options);
        mapping.WriteEnd(end);
        return mapping;
    }

    // Every block goes with its handles here: an anonymous one is a named one whose name is nobody's wish.
    public Mapping CreateAnonymous(long size, SharedMemoryOptions options)
    {
        while (true)
        {
            try
            {
                return CreateMapping(BlockName.Automatic().Text, size, options);
            }
            catch (SharedMemoryExistsException)
            {
                // Take the next random name.
            }
        }
    }

    public Mapping Attach(BlockName name, bool readOnly, EndOfBlock end)
    {
        WindowsMapping mapping = Attach(name, readOnly);
        end.Read(mapping);
        return mapping;
    }

    private static WindowsMapping Attach(BlockName name, bool readOnly)
    {
        if (name.IsFile)
        {
            return AttachFile(name, readOnly);
        }

        MemoryMappedFileRights rights = readOnly ? MemoryMappedFileRights.Read : MemoryMappedFileRights.ReadWrite;
        MemoryMappedFile file;
        try
        {
            file = MemoryMappedFile.OpenExisting(name.Text, rights, HandleInheritability.None);
        }
        catch (FileNotFoundException e)
        {
            throw new FileNotFoundException($"There is no block '{name}'.", name.Text, e);
        }

        // A mapping does not tell its exact size: whole pages, as in CPython.
        return View(name.Text, file, size: null, readOnly);
    }

    public bool TryUnlink(BlockName name)
    {
        if (!name.IsFile || !File.Exists(name.Text))
        {
            return !name.IsFile && Exists(name);
        }

        File.Delete(name.Text);
        return true;
    }

    public void UnlinkAll(string prefix, ISet<string> removed, List<string> failures) =>
        throw new PlatformNotSupportedException("This system cannot list the blocks that exist.");

    public bool TryLink(BlockName name, BlockName second) => false;

    public bool Exists(BlockName name)
    {
        if (name.IsFile)
        {
            return File.Exists(name.Text);
        }

        try
        {
            MemoryMappedFile.OpenExisting(name.Text, MemoryMappedFileRights.Read).Dispose();
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            // A block that may not be opened exists all the same.
            return true;
        }
    }

    // A file mapping tells who attaches no more than the number of its pages.
    public long SizeAsAttached(bool isFile, long size)
    {
        long page = Environment.SystemPageSize;
        return isFile ? size : (size + page - 1) / page * page;
    }

    public bool TryLookAt(BlockName name, out FileStatus status)
    {
        status = default;
        return false;
    }

    public long ReadEnd(BlockName name, EndOfBlock end)
    {
        WindowsMapping mapping = Attach(name, readOnly: true);
        end.Read(mapping);
        mapping.ReleaseUser();
        return mapping.Size;
    }

    public List<string> ListNames(string prefix) =>
        throw new PlatformNotSupportedException("This system cannot list the blocks that exist.");

    public List<(string Name, FileStatus Status)> ListStatuses(string prefix) =>
        throw new PlatformNotSupportedException("This system cannot list the blocks that exist.");

    public string? KindOf(string name) => null;

    public IReadOnlyList<SharedMemoryInfo> List(string prefix) =>
        throw new PlatformNotSupportedException("This system cannot list the blocks that exist.");

    private static MemoryMappedFileAccess Access(bool readOnly) =>
        readOnly ? MemoryMappedFileAccess.Read : MemoryMappedFileAccess.ReadWrite;

    private static WindowsMapping CreateMapping(string name, long size, SharedMemoryOptions options)
    {
        MemoryMappedFileOptions pages = options.Reserve ? MemoryMappedFileOptions.None : MemoryMappedFileOptions.DelayAllocatePages;
        try
        {
            var file = MemoryMappedFile.CreateNew(name, size, Access(readOnly: false), pages, HandleInheritability.None);
            return View(name, file, size, readOnly: false);
        }
        catch (IOException e) when (e.HResult == AlreadyExists)
        {
            throw new SharedMemoryExistsException(name);
        }
        catch (IOException e) when (e.HResult is DiskFull or CommitmentLimit)
        {
            throw new SharedMemoryFullException(
                name, size, null, "the paging file", "Close blocks that are no longer used, or enlarge the paging file.");
        }
    }

    private static WindowsMapping CreateFile(BlockName name, long size)
    {
        FileStream stream;
        try
        {
            stream = OpenFile(name, FileMode.CreateNew, readOnly: false);
        }
        catch (IOException) when (File.Exists(name.Text))
        {
            throw new SharedMemoryExistsException(name.ToString());
        }

        try
        {
            return View(name.ToString(), MapFile(stream, size, readOnly: false), size, readOnly: false);
        }
        catch (IOException e) when (e.HResult == DiskFull)
        {
            stream.Dispose();
            File.Delete(name.Text);
            throw new SharedMemoryFullException(
                name.ToString(),
                size,
                null,
                Path.GetPathRoot(name.Text) ?? name.Text,
                "Free some space there, or choose another disk.");
        }
        catch
        {
            stream.Dispose();
            File.Delete(name.Text);
            throw;
        }
    }

    private static WindowsMapping AttachFile(BlockName name, bool readOnly)
    {
        FileStream stream = OpenFile(name, FileMode.Open, readOnly);
        try
        {
            long deadline = Environment.TickCount64 + (long)SizingPatience.TotalMilliseconds;
            while (stream.Length == 0)
            {
                if (Environment.TickCount64 >= deadline)
                {
                    throw new InvalidDataException(
                        $"The block '{name}' exists, but has no size: its creator has not come to that yet, or died before it did.");
                }

                Thread.Sleep(1);
            }

            long size = stream.Length;
            return View(name.ToString(), MapFile(stream, size, readOnly), size, readOnly);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    // Shared with whoever else maps the file, and with who deletes it; the framework's own way by path lets others only read.
    private static FileStream OpenFile(BlockName name, FileMode mode, bool readOnly) =>
        new(name.Text, mode, readOnly ? FileAccess.Read : FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private static MemoryMappedFile MapFile(FileStream stream, long size, bool readOnly) =>
        MemoryMappedFile.CreateFromFile(stream, null, size, Access(readOnly), HandleInheritability.None, leaveOpen: false);

    /// <summary>Maps the whole of a file mapping, whose size is the number of its pages if nobody knows better.</summary>
    private static WindowsMapping View(string name, MemoryMappedFile file, long? size, bool readOnly)
    {
        try
        {
            MemoryMappedViewAccessor view = file.CreateViewAccessor(0, size ?? 0, Access(readOnly));
            return new WindowsMapping(name, file, view, size ?? view.Capacity, readOnly);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
