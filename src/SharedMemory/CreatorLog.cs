using System.Diagnostics;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// Who made what in this process, with the stack of the place that did, written to a file as it happens: so that it is known of a process that was killed, too.
/// Off unless an environment variable names a folder, or <c>Multiprocessing.Testing</c> says so; then all that it costs is the question whether it is on.
/// </summary>
/// <remarks>
/// <para>Two files a process, in a folder that one run of tests has for itself: <c>PID-START.lease</c>, which is locked for as long as the process lives, and <c>PID-START.jsonl</c>, a line each:
/// <code>
/// {"process":71,"start":90125,"command":"dotnet exec …"}                                the first line
/// {"stack":1,"text":"   at …"}                                                          each stack is there once, before its first use
/// {"made":"block","name":"psm_1a2b3c4d","inode":9,"at":140…,"size":4096,"time":…,"stack":1}    made and mapped
/// {"made":"mapping","name":"psm_1a2b3c4d","inode":9,"at":140…,"size":4096,"time":…,"stack":2}  attached to
/// {"made":"mutex","at":140…,"time":…,"stack":1}                                         a structure, within what is mapped there
/// {"made":"lease","name":".psm_….lease","time":…,"stack":3}
/// {"made":"manager","name":"0123456789ab","time":…,"stack":3}
/// {"made":"process","name":"…","id":72,"start":90140,"time":…,"stack":4}
/// {"closed":140…}                                                                       what was mapped there is not any more
/// </code>
/// A line is one write. What a death in the middle of it leaves is a last line without an end, which nobody reads.</para>
/// <para>It never fails its caller: what cannot be written is not known, and that is all.</para>
/// </remarks>
internal sealed class CreatorLog : IDisposable
{
    /// <summary>Names the folder. It is inherited, so that the processes that a test starts write there too.</summary>
    internal const string EnvironmentVariable = "MULTIPROCESSING_TRACK_CREATORS";

    /// <summary>How the files end that are read.</summary>
    internal const string Extension = ".jsonl";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _stacks = [];
    private readonly LeaseFile _lease;
    private readonly FileStream _file;

    private CreatorLog(LeaseFile lease, FileStream file)
    {
        _lease = lease;
        _file = file;
    }

    /// <summary>What those ask who make something; null when nothing is written.</summary>
    internal static CreatorLog? Current { get; private set; } = FromEnvironment();

    /// <summary>Where it is written.</summary>
    internal string Path => _file.Name;

    /// <summary>Begins to write into a folder, as the environment would have it from the start on. What was written elsewhere until now stays there.</summary>
    internal static void Begin(string folder)
    {
        CreatorLog? before = Current;
        Current = TryOpen(folder);
        before?.Dispose();
    }

    /// <summary>Writes nothing more.</summary>
    internal static void End()
    {
        CreatorLog? before = Current;
        Current = null;
        before?.Dispose();
    }

    /// <summary>Something with a name: a lease, a manager, a process.</summary>
    internal void Made(string kind, string name, int processId = 0) => Write(kind, (name, processId), static (json, made) =>
    {
        json.WriteString("name", made.name);
        if (made.processId != 0)
        {
            json.WriteNumber("id", made.processId);
            json.WriteNumber("start", ProcessTable.StartOf(made.processId));
        }
    });

    /// <summary>A block that this process has mapped, made by it or attached to.</summary>
    internal void Mapped(Mapping mapping, bool made) => Write(made ? "block" : "mapping", mapping, static (json, mapping) =>
    {
        ulong inode = BlockBackend.Current.TryLookAt(BlockName.Parse(mapping.Name), out FileStatus status) ? status.Version.Inode : 0;
        json.WriteString("name", mapping.Name);
        json.WriteNumber("inode", inode);
        json.WriteNumber("at", mapping.Address);
        json.WriteNumber("size", mapping.Size);
    });

    /// <summary>A structure that was made within what is mapped there.</summary>
    internal void Placed(nint at, string kind) => Write(kind, at, static (json, at) => json.WriteNumber("at", at));

    /// <summary>To be called before it is unmapped: afterwards another may have the address.</summary>
    internal void Closing(nint at) => Write(json => json.WriteNumber("closed", at));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _file.Dispose();
            _lease.Dispose();
        }
    }

    private static CreatorLog? FromEnvironment() =>
        Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } folder ? TryOpen(folder) : null;

    private static CreatorLog? TryOpen(string folder)
    {
        try
        {
            // A second log of the same process into the same folder, as after an end, has a name of its own.
            string start = $"{Environment.ProcessId}-{ProcessTable.StartOf(Environment.ProcessId)}-{BlockName.RandomHex(2)}";
            string path = System.IO.Path.Combine(folder, start);
            if (!Directory.Exists(folder) || LeaseFile.TryCreate(path + LeaseFile.Suffix, $"process {Environment.ProcessId}\n") is not LeaseFile lease)
            {
                return null;
            }

            var log = new CreatorLog(lease, new FileStream(path + Extension, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
            log.Write(static json =>
            {
                json.WriteNumber("process", Environment.ProcessId);
                json.WriteNumber("start", ProcessTable.StartOf(Environment.ProcessId));
                json.WriteString("command", ProcessTable.Find(Environment.ProcessId)?.CommandLine);
            });
            return log;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private void Write<T>(string kind, T what, Action<Utf8JsonWriter, T> members)
    {
        string stack = new StackTrace(1, fNeedFileInfo: true).ToString();
        lock (_lock)
        {
            if (!_stacks.TryGetValue(stack, out int number))
            {
                number = _stacks.Count + 1;
                _stacks.Add(stack, number);
                Write(json =>
                {
                    json.WriteNumber("stack", number);
                    json.WriteString("text", stack);
                });
            }

            Write(json =>
            {
                json.WriteString("made", kind);
                members(json, what);
                json.WriteNumber("time", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
                json.WriteNumber("stack", number);
            });
        }
    }

    private void Write(Action<Utf8JsonWriter> members)
    {
        try
        {
            using var line = new MemoryStream();
            using (var json = new Utf8JsonWriter(line))
            {
                json.WriteStartObject();
                members(json);
                json.WriteEndObject();
            }

            line.WriteByte((byte)'\n');
            lock (_lock)
            {
                _file.Write(line.GetBuffer(), 0, (int)line.Length);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException or ArgumentException)
        {
            // The disk is full, the folder gone, or the log at its end: then this is not known.
        }
    }
}
