using System.ComponentModel;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing;

/// <summary>A block mapped as a view of a file mapping; the block lives while any process holds a handle to it.</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsMapping(
    string name, MemoryMappedFile file, MemoryMappedViewAccessor view, long size, bool isReadOnly)
    : Mapping(name, AddressOf(view), size, UnixFileMode.UserRead | UnixFileMode.UserWrite, isReadOnly)
{
    private const int WorkingSetQuota = 1453;

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

    internal override void Flush(bool wait, bool invalidate) => view.Flush();

    // Windows maps clusters of pages with each fault by itself.
    internal override void Prefault(long byteOffset, long length)
    {
    }

    protected override void Unmap()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
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
