using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The calls of the C library about processes and their ends.</summary>
internal static unsafe partial class LibcProcess
{
    internal const int SIGHUP = 1;
    internal const int SIGINT = 2;
    internal const int SIGQUIT = 3;
    internal const int SIGKILL = 9;
    internal const int SIGPIPE = 13;
    internal const int SIGTERM = 15;

    internal const int WNOHANG = 1;
    internal const int WEXITED = 4;
    internal const int P_PID = 1;
    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;

    /// <summary>Room for a posix_spawnattr_t, a posix_spawn_file_actions_t or a sigset_t of any C library (glibc's largest: 336).</summary>
    internal const int OpaqueBytes = 512;

    internal static readonly int WNOWAIT = OperatingSystem.IsMacOS() ? 0x20 : 0x1000000;

    internal static readonly short POSIX_SPAWN_SETSID = (short)(OperatingSystem.IsMacOS() ? 0x400 : 0x80);

    internal static readonly int SIGSTOP = OperatingSystem.IsMacOS() ? 17 : 19;

    private const string Library = "libc";

    // These return the error number and do not set errno.
    [LibraryImport(Library)]
    internal static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** argv, byte** envp);

    /// <summary>The same, and a name without a slash is looked for in the folders of PATH.</summary>
    [LibraryImport(Library)]
    internal static partial int posix_spawnp(int* pid, byte* file, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_adddup2(void* actions, int fd, int newFd);

    [LibraryImport(Library)]
    internal static partial int sigemptyset(void* signals);

    [LibraryImport(Library)]
    internal static partial int sigfillset(void* signals);

    [LibraryImport(Library)]
    internal static partial int sigaddset(void* signals, int signal);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitpid(int pid, int* status, int options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitid(int idType, uint id, void* information, int options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport(Library)]
    internal static partial uint geteuid();

    [LibraryImport(Library)]
    internal static partial int getpgrp();

    /// <summary>The process group in the foreground of a terminal.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int tcgetpgrp(int terminal);

    /// <summary>The user at the other end of a Unix domain socket (BSD and macOS; Linux has SO_PEERCRED).</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getpeereid(int socket, uint* user, uint* group);

    /// <summary>With no events asked for it tells of hang-ups and errors alone.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll(PollFd* descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollFd
    {
        internal int Fd;
        internal short Events;
        internal short ReturnedEvents;
    }
}
