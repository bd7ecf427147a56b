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

    public int MaxNameBytes => 255;

    public bool CanList => false;

    public bool LivesByHandles => true;

    public void FillRandom(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);

    public Mapping Create(BlockName name, long size, SharedMemoryOptions options) =>
        name.IsFile ? CreateFile(name, size, options) : CreateMapping(name.Text, name.Text, size, options);

    public Mapping CreateAnonymous(long size, SharedMemoryOptions options) => CreateMapping(null, "anonymous", size, options);

    public Mapping Attach(BlockName name, bool readOnly)
    {
        MemoryMappedFileRights rights = readOnly ? MemoryMappedFileRights.Read : MemoryMappedFileRights.ReadWrite;
        MemoryMappedFile file = name.IsFile
            ? MemoryMappedFile.CreateFromFile(name.Text, FileMode.Open, null, 0, Access(readOnly))
            : MemoryMappedFile.OpenExisting(name.Text, rights, HandleInheritability.None);
        try
        {
            MemoryMappedViewAccessor view = file.CreateViewAccessor(0, 0, Access(readOnly));

            // A mapping does not tell its exact size: whole pages, as in CPython.
            long size = name.IsFile ? new FileInfo(name.Text).Length : view.Capacity;
            return new WindowsMapping(name.ToString(), file, view, size, readOnly);
        }
        catch
        {
            file.Dispose();
            throw;
        }
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
    }

    public List<string> ListNames(string prefix) =>
        throw new PlatformNotSupportedException("This system cannot list the blocks that exist.");

    public IReadOnlyList<SharedMemoryInfo> List(string prefix) =>
        throw new PlatformNotSupportedException("This system cannot list the blocks that exist.");

    private static MemoryMappedFileAccess Access(bool readOnly) =>
        readOnly ? MemoryMappedFileAccess.Read : MemoryMappedFileAccess.ReadWrite;

    private static WindowsMapping CreateMapping(string? mappingName, string name, long size, SharedMemoryOptions options)
    {
        MemoryMappedFileOptions pages = options.Reserve ? MemoryMappedFileOptions.None : MemoryMappedFileOptions.DelayAllocatePages;
        try
        {
            return View(
                name, MemoryMappedFile.CreateNew(mappingName, size, Access(readOnly: false), pages, HandleInheritability.None), size);
        }
        catch (IOException e) when (e.HResult == AlreadyExists)
        {
            throw new SharedMemoryExistsException(name);
        }
        catch (IOException e) when (e.HResult is DiskFull or CommitmentLimit)
        {
            throw new SharedMemoryFullException(name, size, null, "the paging file");
        }
    }

    private static WindowsMapping CreateFile(BlockName name, long size, SharedMemoryOptions options)
    {
        try
        {
            using (new FileStream(name.Text, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                // CreateNew is what makes it exclusive; the mapping below sizes it.
            }
        }
        catch (IOException) when (File.Exists(name.Text))
        {
            throw new SharedMemoryExistsException(name.ToString());
        }

        try
        {
            return View(name.ToString(), MemoryMappedFile.CreateFromFile(name.Text, FileMode.Open, null, size), size);
        }
        catch (IOException e) when (e.HResult == DiskFull)
        {
            File.Delete(name.Text);
            throw new SharedMemoryFullException(name.ToString(), size, null, Path.GetPathRoot(name.Text) ?? name.Text);
        }
        catch
        {
            File.Delete(name.Text);
            throw;
        }
    }

    private static WindowsMapping View(string name, MemoryMappedFile file, long size)
    {
        try
        {
            return new WindowsMapping(name, file, file.CreateViewAccessor(0, size), size, isReadOnly: false);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
