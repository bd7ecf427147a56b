using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Multiprocessing.Bench;

/// <summary>A process that plays a role and says lines of JSON. Every wait has a limit.</summary>
/// <remarks>What it leaves behind may hold its outputs open after its end, so nothing waits for the end of these.</remarks>
internal sealed class Peer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _title;
    private readonly BlockingCollection<string> _lines = [];
    private readonly ConcurrentQueue<string> _errors = [];

    internal Peer(ProcessStartInfo start, string title)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _title = title;
        _process = Process.Start(start)!;
        Id = _process.Id;
        Pump(_process.StandardOutput, _lines.Add);
        Pump(_process.StandardError, _errors.Enqueue);
    }

    internal int Id { get; }

    internal bool HasExited => _process.HasExited;

    /// <summary>The process that serves the manager, if this is an owner.</summary>
    internal int Server { get; private set; }

    internal string Address { get; private set; } = "";

    /// <summary>The manager's id, if it has one.</summary>
    internal string? ManagerId { get; private set; }

    /// <summary>The blocks that it has said so far.</summary>
    internal List<string> Names { get; } = [];

    /// <summary>Its first line, which says who it is.</summary>
    internal void Hello()
    {
        JsonElement hello = Listen();
        if (hello.TryGetProperty("server", out JsonElement server))
        {
            Server = server.GetInt32();
            Address = hello.GetProperty("address").GetString()!;
        }

        ManagerId = hello.TryGetProperty("id", out JsonElement id) ? id.GetString() : null;
    }

    /// <summary>Has it do something; returns why that failed, or null.</summary>
    internal string? Ask(string verb)
    {
        Tell(verb);
        return Listen().TryGetProperty("error", out JsonElement error) ? error.GetString() : null;
    }

    internal void Tell(string verb)
    {
        try
        {
            _process.StandardInput.WriteLine(verb);
            _process.StandardInput.Flush();
        }
        catch (IOException e)
        {
            throw Failed($"does not listen ({e.Message})");
        }
    }

    internal void Signal(int signal)
    {
        // HasExited reaps, and a reaped id may be somebody else's by now.
        if (HasExited || !Proc.Send(Id, signal))
        {
            throw Failed("has ended already");
        }
    }

    internal void Kill()
    {
        Signal(Proc.Kill);
        WaitForEnd();
    }

    internal void WaitForEnd()
    {
        if (!_process.WaitForExit(Patience))
        {
            throw Failed($"has not ended within {Patience.TotalSeconds} s");
        }
    }

    /// <summary>A clean end, which it is told of.</summary>
    internal void End()
    {
        Tell("end");
        WaitForEnd();
        if (_process.ExitCode != 0)
        {
            throw Failed($"ended with exit code {_process.ExitCode}");
        }
    }

    /// <summary>A clean end, if it still can; whether it has ended.</summary>
    internal bool TryEnd(TimeSpan limit)
    {
        if (HasExited)
        {
            return true;
        }

        Proc.Send(Id, Proc.Continue);
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not listen any more.
        }

        return _process.WaitForExit(limit);
    }

    public void Dispose() => _process.Dispose();

    private JsonElement Listen()
    {
        if (!_lines.TryTake(out string? line, Patience))
        {
            throw Failed(HasExited ? $"ended with exit code {_process.ExitCode}" : $"said nothing within {Patience.TotalSeconds} s");
        }

        JsonElement said = JsonSerializer.Deserialize<JsonElement>(line);
        if (said.TryGetProperty("names", out JsonElement names))
        {
            Names.AddRange(names.EnumerateArray().Select(name => name.GetString()!.TrimStart('/')));
        }

        return said;
    }

    private InvalidOperationException Failed(string what) => new($"{_title} {what}. {string.Join(' ', _errors.TakeLast(3))}".TrimEnd());

    private static void Pump(StreamReader reader, Action<string> take) =>
        new Thread(() =>
        {
            try
            {
                while (reader.ReadLine() is string line)
                {
                    take(line);
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Disposed of while somebody else held the pipe.
            }
        })
        { IsBackground = true }.Start();
}
