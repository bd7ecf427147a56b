using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>
/// A process that a test talks to line by line over its standard input and output, and may kill.
/// Every wait has a limit, and every failure carries what the process wrote to its standard error.
/// </summary>
/// <remarks>
/// A grandchild (the manager's server, say) may hold the inherited outputs open after the process is gone.
/// So nothing here waits for end of file without a limit once the process itself has ended.
/// </remarks>
public class ConsoleProcess : IDisposable
{
    // How long what a process wrote before its end may take through the pipe: a grandchild that keeps the pipe open costs this much.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(3);

    private readonly Process _process;
    private readonly string _title;
    private readonly BlockingCollection<string> _output = [];
    private readonly ConcurrentQueue<string> _error = [];
    private readonly Task[] _outputsEnd;
    private bool _drained;
    private bool _disposed;

    /// <summary>Starts a program, with its inputs and outputs in the hands of the test; <paramref name="title"/> is what failures call it.</summary>
    public ConsoleProcess(ProcessStartInfo start, string title)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _title = title;
        _process = Process.Start(start)!;
        _process.StandardInput.AutoFlush = true;
        Id = _process.Id;
        _outputsEnd =
        [
            Pump(_process.StandardOutput, _output.Add, _output.CompleteAdding),
            Pump(_process.StandardError, _error.Enqueue, static () => { }),
        ];
    }

    /// <summary>Starts any program, with no signal ignored that the tests' own process may ignore.</summary>
    public static ConsoleProcess StartProgram(string title, params string[] command) =>
        new(OperatingSystem.IsLinux() ? new ProcessStartInfo("env", ["--default-signal", .. command]) : new ProcessStartInfo(command[0], command[1..]), title);

    /// <summary>The process id; it stays readable after the end.</summary>
    public int Id { get; }

    /// <summary>Whether the process has ended, for whatever reason.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What the process has written to its standard error so far.</summary>
    public string StandardError => string.Join('\n', _error);

    /// <summary>The next line of the standard output.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or closed its output, before it wrote another line.</exception>
    /// <exception cref="TimeoutException">No line came in time (60 s by default).</exception>
    public string ReadLine(TimeSpan? timeout = null)
    {
        string? line = null;
        bool ended = false;
        bool came = Eventually.Becomes(
            () =>
            {
                // Asked before the take: a line written just before the end is still in the pipe when HasExited turns true.
                bool exited = HasExited;
                if (_output.TryTake(out line, exited ? DrainLimit : TimeSpan.FromMilliseconds(50)))
                {
                    return true;
                }
                return ended = exited || _output.IsCompleted;
            },
            Watchdog.Effective(timeout));
        if (line is not null)
        {
            return line;
        }
        throw ended
            ? new InvalidOperationException(Describe(EndsSoon() ? $"ended with exit code {_process.ExitCode}" : "closed its output"))
            : new TimeoutException(Describe($"wrote no line within {Watchdog.Effective(timeout).TotalSeconds:0.###} s"));
    }

    /// <summary>Writes a line to the standard input.</summary>
    /// <exception cref="InvalidOperationException">The process is gone, or does not read any more.</exception>
    public void WriteLine(string line)
    {
        try
        {
            _process.StandardInput.Write(line + '\n');
        }
        catch (IOException e)
        {
            throw new InvalidOperationException(Describe($"does not read its input ({e.Message})"), e);
        }
    }

    /// <summary>Closes the standard input: the process reads end of file.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Kills the process with SIGKILL, it alone and not what it has started, and waits until it is dead.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: false);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It had ended already.
        }
        WaitForExit();
    }

    /// <summary>Sends a signal (see <see cref="Signals"/>) and does not wait for what comes of it.</summary>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public void Signal(int signal)
    {
        // HasExited reaps, and a reaped id may belong to somebody else by now.
        if (HasExited || !Signals.Send(Id, signal))
        {
            throw new InvalidOperationException(Describe($"cannot be sent signal {signal}, it has ended"));
        }
    }

    /// <summary>Waits for the end of the process and returns its exit code: 128 + number when a signal ended it.</summary>
    /// <exception cref="TimeoutException">It did not end in time (60 s by default).</exception>
    public int WaitForExit(TimeSpan? timeout = null)
    {
        TimeSpan limit = Watchdog.Effective(timeout);
        // Not Process.WaitForExit with an infinite time: that waits for end of file too.
        if (!Eventually.Becomes(() => _process.WaitForExit(50), limit))
        {
            throw new TimeoutException(Describe($"has not ended within {limit.TotalSeconds:0.###} s"));
        }
        Drain();
        return _process.ExitCode;
    }

    /// <summary>Kills the process if it still runs, and reaps it.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        Kill();
        _process.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits for the end of the process with its input closed, and returns all that it wrote.</summary>
    public ProcessResult ToEnd(TimeSpan? timeout = null)
    {
        CloseInput();
        int exitCode = WaitForExit(timeout);
        return new ProcessResult(exitCode, string.Join('\n', _output), StandardError);
    }

    private static Task Pump(StreamReader reader, Action<string> line, Action end) =>
        Task.Factory.StartNew(
            () =>
            {
                // A thread of its own, with plain reads: a read of a pipe cannot be cancelled, and must not hold a thread of the pool.
                using (reader)
                {
                    while (reader.ReadLine() is string text)
                    {
                        line(text);
                    }
                }
                end();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    /// <summary>Lets what an ended process has written come through the pipes, once.</summary>
    private void Drain()
    {
        if (!_drained)
        {
            Task.WaitAll(_outputsEnd, DrainLimit);
            _drained = true;
        }
    }

    private bool EndsSoon()
    {
        bool exited = _process.WaitForExit(DrainLimit);
        if (exited)
        {
            Drain();
        }
        return exited;
    }

    private string Describe(string what) => $"{_title} (process {Id}) {what}.\nIts standard error: {StandardError}";
}
