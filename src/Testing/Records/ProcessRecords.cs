using System.Text;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>What one process has written down of what it made: its <see cref="CreatorLog"/>, read.</summary>
internal sealed class ProcessRecords
{
    private readonly Dictionary<int, string> _stacks = [];
    private readonly Dictionary<long, (CreatorRecord Record, long Size)> _mapped = [];
    private string _command = "";

    private ProcessRecords(string path) => Path = path;

    internal string Path { get; }

    internal int ProcessId { get; private set; }

    internal long Start { get; private set; }

    /// <summary>All that it made, in order.</summary>
    internal List<CreatorRecord> Made { get; } = [];

    /// <summary>What it had mapped when the last line was written.</summary>
    internal IEnumerable<CreatorRecord> Mapped => _mapped.Values.Select(static mapped => mapped.Record);

    /// <summary>Reads the log as far as it is whole.</summary>
    internal static ProcessRecords Read(string path)
    {
        var records = new ProcessRecords(path);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var text = new StreamReader(file, Encoding.UTF8);
            while (text.ReadLine() is string line)
            {
                using JsonDocument json = JsonDocument.Parse(line);
                records.Add(json.RootElement);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or FormatException)
        {
            // Its writer was killed in the middle of the line, or the file is gone.
        }

        return records;
    }

    private void Add(JsonElement line)
    {
        if (line.TryGetProperty("made", out JsonElement kind))
        {
            AddMade(line, kind.GetString()!);
        }
        else if (line.TryGetProperty("closed", out JsonElement at))
        {
            _mapped.Remove(at.GetInt64());
        }
        else if (line.TryGetProperty("text", out JsonElement text))
        {
            _stacks[line.GetProperty("stack").GetInt32()] = Stack(text.GetString()!);
        }
        else
        {
            ProcessId = line.GetProperty("process").GetInt32();
            Start = line.GetProperty("start").GetInt64();
            _command = line.GetProperty("command").GetString() ?? "";
        }
    }

    private void AddMade(JsonElement line, string kind)
    {
        long at = Number(line, "at");
        string name = line.TryGetProperty("name", out JsonElement text) ? text.GetString()! : "";
        ulong inode = (ulong)Number(line, "inode");
        long offset = -1;
        string what = kind == "mapping" ? "attached to" : kind + " made";
        if (at != 0 && name.Length == 0)
        {
            // A structure, in the mapping that has this address.
            CreatorRecord? block = _mapped.Values.FirstOrDefault(mapped => at >= mapped.Record.At && at < mapped.Record.At + mapped.Size).Record;
            if (block is null)
            {
                return;
            }

            (name, inode, offset) = (block.Name, block.Inode, at - block.At);
            what = $"{kind} made at offset {offset}";
        }

        var creator = new LeakCreator(
            what, ProcessId, _command, DateTimeOffset.FromUnixTimeMilliseconds(Number(line, "time")), _stacks.GetValueOrDefault((int)Number(line, "stack"), ""));
        var record = new CreatorRecord(kind, name, inode, at, offset, (int)Number(line, "id"), Number(line, "start"), creator);
        Made.Add(record);
        if (at != 0 && offset < 0)
        {
            _mapped[at] = (record, Number(line, "size"));
        }
    }

    private static long Number(JsonElement line, string name) => line.TryGetProperty(name, out JsonElement number) ? number.GetInt64() : 0;

    /// <summary>Without the log's own calls at its top, and the test runner's and the thread's at its end.</summary>
    private static string Stack(string text)
    {
        List<string> frames = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.TrimEnd('\r'))];
        int own = frames.FindIndex(static frame => !frame.Contains(" Multiprocessing.CreatorLog.", StringComparison.Ordinal));
        int end = frames.FindIndex(
            Math.Max(own, 0),
            static frame => frame.Contains(" System.RuntimeMethodHandle.", StringComparison.Ordinal) || frame.Contains(" System.Reflection.", StringComparison.Ordinal)
                || frame.Contains(" Xunit.", StringComparison.Ordinal) || frame.Contains(" InvokeStub_", StringComparison.Ordinal));
        return own < 0 ? text : string.Join('\n', frames[own..(end <= own ? frames.Count : end)]);
    }
}
