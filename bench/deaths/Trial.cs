using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Multiprocessing.Bench;

/// <summary>
/// One death: its processes, and what they leave. They have a temporary folder of their own, and all that they start inherits the variable
/// that says so, which tells them from others; names in /dev/shm are known because they are said, or begin with the id of a manager that
/// was said. Nothing else is ever looked at, killed or removed.
/// </summary>
internal sealed class Trial : IDisposable
{
    internal const string SessionVariable = "DEATHS_SESSION";
    internal const string AddressVariable = "DEATHS_ADDRESS";

    private const string KeyVariable = "DEATHS_KEY";
    private const string FolderVariable = "TMPDIR";
    private const string Tracker = "resource tracker";
    private const string Memory = "/dev/shm";

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly EnumerationOptions Hidden = new() { AttributesToSkip = 0 };

    // What every .NET process that is killed leaves in the temporary folder. It is the runtime's, and removed with the folder.
    private static readonly string[] OfTheRuntime = ["dotnet-diagnostic-", "clr-debug-pipe-"];

    private readonly Side _side;
    private readonly CancellationToken _cancellation;
    private readonly string _key = RandomNumberGenerator.GetHexString(32);
    private readonly string _folder = Directory.CreateTempSubdirectory("deaths-").FullName;
    private readonly List<Peer> _peers = [];
    private readonly Dictionary<string, byte[]> _data = [];

    internal Trial(Side side, int round, CancellationToken cancellation)
    {
        _side = side;
        Round = round;
        _cancellation = cancellation;
    }

    /// <summary>From 0.</summary>
    internal int Round { get; }

    /// <summary>What is still there though nobody is who would use it; one text for each kind.</summary>
    internal List<string> Left { get; } = [];

    /// <summary>The kinds of what is still there.</summary>
    internal HashSet<string> KindsLeft { get; } = [];

    /// <summary>What is gone, or not as it was, though it is still used.</summary>
    internal List<string> Lost { get; } = [];

    /// <summary>What else is not right.</summary>
    internal List<string> Wrong { get; } = [];

    /// <summary>How long at most, as far as could be seen, a name was away before it was back.</summary>
    internal TimeSpan LongestAway { get; private set; }

    /// <summary>An owner, with a manager, two blocks and a list.</summary>
    internal Peer Owner(bool inSession = false) =>
        Start("owner", _side.StartInfo("owner"), start =>
        {
            if (inSession)
            {
                start.Environment[SessionVariable] = "1";
            }
        });

    /// <summary>A process that has joined an owner's manager and made a block there.</summary>
    internal Peer Client(Peer owner) =>
        Start("client", _side.StartInfo("client"), start => start.Environment[AddressVariable] = owner.Address);

    /// <summary>A stock Python that has attached a block.</summary>
    internal Peer Stranger(string name) => Start("attacher", _side.StrangerStartInfo("attach", name), static _ => { });

    /// <summary>A process with a block and no manager.</summary>
    internal Peer Plain() => Start("plain", _side.StartInfo("plain"), static _ => { });

    /// <summary>Waits until the kernel has taken down all threads of a server that was killed: a signal is sent before its work is done.</summary>
    internal void WaitUntilGone(int server)
    {
        var clock = Stopwatch.StartNew();
        while (!Proc.IsGone(server))
        {
            _cancellation.ThrowIfCancellationRequested();
            if (clock.Elapsed >= Patience)
            {
                throw new InvalidOperationException($"The server {server} has been killed and is not dead.");
            }

            Thread.Sleep(1);
        }
    }

    /// <summary>Who comes after a death, and may clean up after it.</summary>
    internal void NextComer() => Start("next comer", _side.StartInfo("next"), static _ => { }).WaitForEnd();

    /// <summary>A living owner makes another block, and it is one.</summary>
    internal void MakeAnother(Peer owner)
    {
        int before = owner.Names.Count;
        string? error = owner.Ask("another");
        if (error is not null)
        {
            Wrong.Add($"no other block ({error.Split(':')[0]})");
        }
        else
        {
            Remember(owner, before);
        }
    }

    /// <summary>Waits, and notes which blocks are lost at the end of that, and which were away for a moment.</summary>
    internal void MustSurvive(params IEnumerable<string> names) => MustSurvive(Settling, names);

    /// <inheritdoc cref="MustSurvive(IEnumerable{string})"/>
    internal void MustSurvive(TimeSpan time, params IEnumerable<string> names)
    {
        string[] all = [.. names];
        var clock = Stopwatch.StartNew();
        var awaySince = new Dictionary<string, TimeSpan>();
        TimeSpan longest = TimeSpan.Zero;
        TimeSpan last = TimeSpan.Zero;
        while (clock.Elapsed < time)
        {
            _cancellation.ThrowIfCancellationRequested();
            foreach (string name in all)
            {
                if (!File.Exists(PathOf(name)))
                {
                    // Away since it was last looked at, at the earliest.
                    awaySince.TryAdd(name, last);
                }
                else if (awaySince.Remove(name, out TimeSpan since) && clock.Elapsed - since is TimeSpan away && away > longest)
                {
                    longest = away;
                }
            }

            last = clock.Elapsed;
            Thread.Sleep(1);
        }

        LongestAway = longest > LongestAway ? longest : LongestAway;
        (string Name, byte[]? Data)[] found = [.. all.Select(name => (name, TryRead(name)))];
        int gone = found.Count(block => block.Data is null);
        int changed = found.Count(block => block.Data is not null && !block.Data.AsSpan().SequenceEqual(_data[block.Name]));
        if (gone > 0)
        {
            Lost.Add($"{Count(gone, "block")} of {all.Length}");
        }

        if (changed > 0)
        {
            Lost.Add($"the data of {Count(changed, "block")}");
        }

        foreach (Peer peer in _peers.Where(peer => peer.Server != 0 && peer.HasExited))
        {
            throw new InvalidOperationException($"The owner {peer.Id} should be alive.");
        }
    }

    /// <summary>Waits until nothing is left, and notes what is left when it has waited long enough.</summary>
    /// <param name="when">A text to begin with.</param>
    /// <param name="alive">Who rightly still lives, with his resource tracker.</param>
    internal void NothingMayBeLeft(string when = "", Peer? alive = null)
    {
        var clock = Stopwatch.StartNew();
        while (Leftovers(alive) is { Count: > 0 } left)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (clock.Elapsed >= Settling)
            {
                Left.Add(when + string.Join(", ", left.Select(what => Count(what.Count, what.What))));
                KindsLeft.UnionWith(left.Select(what => what.Kind));
                return;
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Ends what still runs, in a friendly way if that works, and removes all that is left.</summary>
    public void Dispose()
    {
        foreach (Peer peer in _peers)
        {
            peer.TryEnd(Patience);
        }

        var clock = Stopwatch.StartNew();
        while (Processes() is { Count: > 0 } alive && clock.Elapsed < Patience)
        {
            foreach (int id in alive)
            {
                Proc.Send(id, Proc.Kill);
            }

            Thread.Sleep(20);
        }

        foreach (string path in Names().Select(PathOf))
        {
            File.Delete(path);
        }

        Directory.Delete(_folder, recursive: true);
        _peers.ForEach(peer => peer.Dispose());
    }

    private Peer Start(string title, ProcessStartInfo start, Action<ProcessStartInfo> configure)
    {
        _cancellation.ThrowIfCancellationRequested();
        start.Environment[KeyVariable] = _key;
        start.Environment[FolderVariable] = _folder;
        configure(start);
        var peer = new Peer(start, title);
        _peers.Add(peer);
        peer.Hello();
        Remember(peer, 0);
        return peer.Server == 0 || Processes().Contains(peer.Server)
            ? peer
            : throw new InvalidOperationException($"The server {peer.Server} would not be seen if it were left.");
    }

    private void Remember(Peer peer, int from)
    {
        foreach (string name in peer.Names.Skip(from))
        {
            byte[]? data = TryRead(name);
            _data[name] = data.AsSpan().ContainsAnyExcept((byte)0)
                ? data!
                : throw new InvalidOperationException($"There is nothing in {name}.");
        }
    }

    private List<(string Kind, string What, int Count)> Leftovers(Peer? alive)
    {
        string[] names = [.. Names()];
        int folders = Directory.EnumerateFileSystemEntries(_folder, "*", Hidden)
            .Count(path => !Array.Exists(OfTheRuntime, prefix => Path.GetFileName(path).StartsWith(prefix, StringComparison.Ordinal)));
        string[] processes =
        [
            .. Processes()
                .Where(id => id != alive?.Id)
                .Select(Proc.Arguments)
                .Where(arguments => arguments.Length > 0)
                .Select(arguments => string.Join(' ', arguments).Contains("resource_tracker", StringComparison.Ordinal) ? Tracker : "server")
                .Where(what => alive is null || what != Tracker),
        ];
        (string Kind, string What, int Count)[] all =
        [
            ("blocks", "block", names.Count(name => name[0] != '.')),
            ("blocks", "hidden name", names.Count(name => name[0] == '.' && !IsLease(name))),
            ("lease", "lease", names.Count(IsLease)),
            ("folder", "temporary folder", folders),
            ("processes", "server", processes.Count(what => what != Tracker)),
            ("processes", Tracker, processes.Count(what => what == Tracker)),
        ];
        return [.. all.Where(what => what.Count > 0)];
    }

    /// <summary>What exists of the names of this trial.</summary>
    private IEnumerable<string> Names()
    {
        string[] ids = [.. _peers.Select(peer => peer.ManagerId).OfType<string>()];
        HashSet<string> said = [.. _peers.SelectMany(peer => peer.Names)];
        string[] processes =
            [.. _peers.SelectMany(peer => (int[])[peer.Id, peer.Server]).Select(id => string.Create(CultureInfo.InvariantCulture, $"process {id}\n"))];
        return Directory.EnumerateFiles(Memory, "*", Hidden).Select(path => Path.GetFileName(path)).Where(name =>
            said.Contains(name)
            || (name[0] == '.' && said.Contains(name[1..]))
            || Array.Exists(ids, id => name.TrimStart('.').StartsWith($"psm_{id}_", StringComparison.Ordinal) || name == $".psm_{id}.lease")
            || (name.StartsWith(".psm_process_", StringComparison.Ordinal) && processes.Contains(Encoding.UTF8.GetString(TryRead(name) ?? []))));
    }

    private List<int> Processes() => Proc.With($"{FolderVariable}={_folder}");

    private static bool IsLease(string name) => name[0] == '.' && name.EndsWith(".lease", StringComparison.Ordinal);

    private static string PathOf(string name) => Path.Combine(Memory, name);

    private static byte[]? TryRead(string name)
    {
        try
        {
            return File.ReadAllBytes(PathOf(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count.ToString(CultureInfo.InvariantCulture)} {what}s";
}
