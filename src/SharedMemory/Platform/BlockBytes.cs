using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <summary>
/// A block, open to be read and not mapped where the system can: so a hole in it stays a hole, and one that is made shorter meanwhile is no segmentation fault but ends earlier.
/// </summary>
internal sealed class BlockBytes : IDisposable
{
    private readonly SafeFileHandle? _file;
    private readonly SharedMemory? _mapped;

    private BlockBytes(SafeFileHandle? file, SharedMemory? mapped, long size)
    {
        _file = file;
        _mapped = mapped;
        Size = size;
    }

    /// <summary>The size when it was opened.</summary>
    internal long Size { get; }

    /// <summary>Opens it, also while it has no size.</summary>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    internal static BlockBytes Open(string name)
    {
        var parsed = BlockName.Parse(name);
        if (!OperatingSystem.IsLinux())
        {
            SharedMemory block = SharedMemory.Attach(name, readOnly: true);
            return new BlockBytes(null, block, block.Size);
        }

        SafeFileHandle file = PosixBackend.OpenToRead(parsed);
        if (FileStatus.TryOf((int)file.DangerousGetHandle(), out FileStatus status) && status.IsRegularFile)
        {
            return new BlockBytes(file, null, status.Size);
        }

        file.Dispose();
        throw new InvalidDataException($"'{name}' is no block: not a regular file.");
    }

    /// <summary>Reads from an offset on; returns how many bytes there were.</summary>
    internal int Read(long offset, Span<byte> into)
    {
        if (_file is not null)
        {
            int length = 0;
            while (length < into.Length && RandomAccess.Read(_file, into[length..], offset + length) is int count && count > 0)
            {
                length += count;
            }

            return length;
        }

        int rest = (int)Math.Clamp(_mapped!.Size - offset, 0, into.Length);
        _mapped.AsReadOnlySpan<byte>(Math.Min(offset, _mapped.Size), rest).CopyTo(into);
        return rest;
    }

    /// <summary>A copy from an offset on, of at most so many bytes.</summary>
    internal byte[] Copy(long offset, long most)
    {
        byte[] bytes = new byte[(int)Math.Clamp(Size - offset, 0, Math.Min(most, Array.MaxLength))];
        int length = Read(offset, bytes);
        return length == bytes.Length ? bytes : bytes[..length];
    }

    public void Dispose()
    {
        _file?.Dispose();
        _mapped?.Dispose();
    }
}
