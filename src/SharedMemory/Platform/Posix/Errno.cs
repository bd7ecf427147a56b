namespace Multiprocessing;

/// <summary>The error numbers that this library tells apart. These are the same on Linux and macOS, but for the last.</summary>
internal static class Errno
{
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int ESRCH = 3;
    internal const int EINTR = 4;
    internal const int ECHILD = 10;
    internal const int ENOMEM = 12;
    internal const int EACCES = 13;
    internal const int EFAULT = 14;
    internal const int EBUSY = 16;
    internal const int EEXIST = 17;
    internal const int ENODEV = 19;
    internal const int ENOTDIR = 20;
    internal const int EINVAL = 22;
    internal const int EFBIG = 27;
    internal const int ENOSPC = 28;

    // These are needed on Linux only.
    internal const int EDEADLK = 35;
    internal const int ETIMEDOUT = 110;
    internal const int EOWNERDEAD = 130;

    internal static readonly int EDQUOT = OperatingSystem.IsMacOS() ? 69 : 122;
    internal static readonly int EAGAIN = OperatingSystem.IsMacOS() ? 35 : 11;
    internal static readonly int EOPNOTSUPP = OperatingSystem.IsMacOS() ? 102 : 95;
}
