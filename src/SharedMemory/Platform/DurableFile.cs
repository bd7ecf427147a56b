using System.Runtime.InteropServices;
using System.Text;

namespace Multiprocessing;

/// <summary>Files that are replaced whole: who looks sees the old one or the new one, and so does who looks after a loss of power.</summary>
internal static class DurableFile
{
    /// <summary>Writes a new file beside the old one, brings it to the disk, and puts it in its place in one step.</summary>
    /// <param name="path">The file to replace, or to make.</param>
    /// <param name="temporary">A name in the same folder that nobody else uses. A death before the end leaves it; a failure does not.</param>
    /// <param name="mode">Who may open the file, whatever the umask is.</param>
    /// <param name="write">Writes the contents.</param>
    internal static void Replace(string path, string temporary, UnixFileMode mode, Action<Stream> write)
    {
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.Read | FileShare.Delete,
                BufferSize = 0,
            };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            using (var stream = new FileStream(temporary, options))
            {
                if (!OperatingSystem.IsWindows())
                {
                    // The mode of open() is less the umask.
                    File.SetUnixFileMode(stream.SafeFileHandle, mode);
                }

                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Brings the names in a folder to the disk, where the system does not do so by itself.</summary>
    private static unsafe void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        fixed (byte* path = Encoding.UTF8.GetBytes(folder + '\0'))
        {
            int fd = Libc.Open(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
            if (fd < 0)
            {
                // A folder that may be written to and not read: the file is whole all the same.
                return;
            }

            bool flushed = Libc.fsync(fd) == 0;
            int errno = Marshal.GetLastPInvokeError();
            _ = Libc.close(fd);
            if (!flushed && errno != Errno.EINVAL)
            {
                throw PosixError.ToException(errno, folder, "flush");
            }
        }
    }
}
