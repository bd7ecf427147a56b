using System.Collections.Concurrent;
using System.ComponentModel;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing;

/// <summary>A block mapped as a view of a file mapping; the block lives while any process holds a handle to it.</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsMapping : Mapping
{
    private const int WorkingSetQuota = 1453;

    private static readonly ConcurrentDictionary<nint, WindowsMapping> Mapped = new();

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    internal WindowsMapping(string name, MemoryMappedFile file, MemoryMappedViewAccessor view, long size, bool isReadOnly)
        : base(name, AddressOf(view), size, UnixFileMode.UserRead | UnixFileMode.UserWrite, isReadOnly)
    {
        (_file, _view) = (file, view);
        Mapped[Address] = this;
    }

    /// <summary>The block that an address of this process lies in, and where in it: the same for every process that has it mapped.</summary>
    internal static (string Name, long Offset) Find(nint address)
    {
        foreach (WindowsMapping mapping in Mapped.Values)
        {
            if (address >= mapping.Address && address - mapping.Address < mapping.Size)
            {
                return (mapping.Name, address - mapping.Address);
            }
        }

        throw new ArgumentException("The address lies in no block.", nameof(address));
    }

    internal override bool IsUnlinkable => Name.StartsWith(BlockName.FileScheme, StringComparison.Ordinal);

    internal override void Lock()
    {
        bool done = VirtualLock(Address, (nuint)Size);
        if (!done && Marshal.GetLastPInvokeError() == WorkingSetQuota)
        {
            throw new InsufficientMemoryException(
                $"Could not lock the {Size} bytes of the block '{Name}': the working set of this process is limited to less.");
        }

        Check(done);
    }

    internal override void Unlock() => Check(VirtualUnlock(Address, (nuint)Size));

    internal override void Flush(bool wait, bool invalidate) => _view.Flush();

    // Windows maps clusters of pages with each fault by itself.
    internal override void Prefault(long byteOffset, long length)
    {
    }

    protected override void Unmap()
    {
        Mapped.TryRemove(Address, out _);
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static unsafe nint AddressOf(MemoryMappedViewAccessor view)
    {
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return (nint)(start + view.PointerOffset);
    }

    private static void Check(bool done)
    {
        if (!done)
        {
            throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
        }
    }

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualLock(nint address, nuint size);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualUnlock(nint address, nuint size);
}
