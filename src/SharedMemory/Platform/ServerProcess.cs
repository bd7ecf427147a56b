namespace Multiprocessing;

/// <summary>
/// A server of ours: a child process in a session of its own, talked to over its standard input and output. Its input ends when this
/// process ends, however that comes about.
/// </summary>
internal abstract class ServerProcess : IDisposable
{
    /// <summary>How much of what the server wrote to its standard error is kept for <see cref="LastWords"/>.</summary>
    protected const int LastWordsBytes = 4096;

    internal abstract int Id { get; }

    /// <summary>What is written here the server reads.</summary>
    internal abstract Stream Input { get; }

    /// <summary>What the server writes is read here.</summary>
    internal abstract Stream Output { get; }

    /// <summary>Starts the server. <exception cref="IOException">The system would not.</exception></summary>
    internal static ServerProcess Start(ServerCommand command) =>
        OperatingSystem.IsWindows() ? new WindowsServerProcess(command) : new PosixServerProcess(command);

    /// <summary>The end of what the server wrote to its standard error.</summary>
    internal abstract string LastWords();

    /// <summary>Waits for the end of the process and reaps it: its exit code, -1 if a signal ended it, null if it lives on.</summary>
    internal abstract int? WaitForExit(TimeSpan patience);

    /// <summary>Waits, for as long as it takes, until the process has ended, and does not reap it.</summary>
    internal abstract void WaitForDeath();

    /// <summary>Ends the process at once, if it has not ended; <see cref="WaitForExit"/> reaps it.</summary>
    internal abstract void Kill();

    public virtual void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
    }
}
