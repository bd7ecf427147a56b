namespace Multiprocessing;

/// <summary>
/// The server of a manager cannot do its part. Blocks that this process has mapped keep working, and its own blocks are unlinked at
/// <see cref="SharedMemoryManager.Dispose"/> all the same.
/// </summary>
public sealed class SharedMemoryManagerException : Exception
{
    internal SharedMemoryManagerException(
        SharedMemoryManagerError error, string message, string lastWords = "", Exception? inner = null)
        : base(lastWords.Length == 0 ? message : $"{message} Its last words: {lastWords}", inner)
    {
        Error = error;
        LastWords = lastWords;
    }

    /// <summary>The same once more, for the next caller: an exception that is thrown twice has two callers' traces in it.</summary>
    internal SharedMemoryManagerException(SharedMemoryManagerException first)
        : base(first.Message, first)
    {
        Error = first.Error;
        LastWords = first.LastWords;
    }

    /// <summary>What went wrong.</summary>
    public SharedMemoryManagerError Error { get; }

    /// <summary>The end of what the server wrote to its standard error, or nothing.</summary>
    public string LastWords { get; }
}
