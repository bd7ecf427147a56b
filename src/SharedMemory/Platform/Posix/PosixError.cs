using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>Error numbers as the exceptions that callers expect (the table is in docs/architecture.md).</summary>
internal static class PosixError
{
    /// <summary>The exception for a call about the block <paramref name="name"/> that failed with <paramref name="errno"/>.</summary>
    internal static Exception ToException(int errno, string name, string verb)
    {
        string why = Marshal.GetPInvokeErrorMessage(errno);
        return errno switch
        {
            Errno.ENOENT => new FileNotFoundException($"There is no block '{name}'.", name),
            Errno.EEXIST => new SharedMemoryExistsException(name),
            Errno.EACCES or Errno.EPERM => new UnauthorizedAccessException($"Not allowed to {verb} the block '{name}': {why}."),
            Errno.ENOMEM => new InsufficientMemoryException($"Could not {verb} the block '{name}': {why} (no address space, or a limit is reached)."),
            _ => new IOException($"Could not {verb} the block '{name}': {why} (errno {errno})."),
        };
    }
}
