using System.Diagnostics;
using System.Runtime.Versioning;

namespace Multiprocessing;

/// <summary>A server as a plain child process without a window.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsServerProcess : ServerProcess
{
    private readonly Process _process;
    private readonly Queue<string> _errors = new();

    internal WindowsServerProcess(ServerCommand command)
    {
        var start = new ProcessStartInfo(command.FileName, command.Arguments)
        {
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (string variable in command.Environment)
        {
            int mark = variable.IndexOf('=', StringComparison.Ordinal);
            start.Environment[variable[..mark]] = variable[(mark + 1)..];
        }

        _process = Process.Start(start) ?? throw new IOException($"Could not start '{command.FileName}'.");
        _process.ErrorDataReceived += (_, e) => Remember(e.Data);
        _process.BeginErrorReadLine();
    }

    internal override int Id => _process.Id;

    internal override Stream Input => _process.StandardInput.BaseStream;

    internal override Stream Output => _process.StandardOutput.BaseStream;

    internal override string LastWords()
    {
        lock (_errors)
        {
            return string.Join('\n', _errors).Trim();
        }
    }

    internal override int? WaitForExit(TimeSpan patience) => _process.WaitForExit(patience) ? _process.ExitCode : null;

    internal override void WaitForDeath() => _process.WaitForExit();

    internal override void Kill() => _process.Kill();

    public override void Dispose()
    {
        base.Dispose();
        _process.Dispose();
    }

    private void Remember(string? line)
    {
        lock (_errors)
        {
            _errors.Enqueue(line ?? "");
            while (_errors.Sum(l => l.Length + 1) > LastWordsBytes && _errors.Count > 1)
            {
                _errors.Dequeue();
            }
        }
    }
}
