using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <summary>A folder, held open so that what is in it is found without looking its path up each time.</summary>
internal static unsafe class PosixFolder
{
    /// <summary>Opens it.</summary>
    internal static SafeFileHandle Open(string folder)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(folder + '\0'))
        {
            int fd = Libc.Open(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
            return fd >= 0
                ? new SafeFileHandle(fd, ownsHandle: true)
                : throw PosixError.ToException(Marshal.GetLastPInvokeError(), folder, "look into");
        }
    }
}
