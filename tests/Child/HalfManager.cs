using System.Net.Sockets;

namespace Multiprocessing.Tests;

/// <summary>
/// A manager that is made, and comes to its end, step by step and without any process of its own, to be left by its maker's death at a chosen step.
/// </summary>
/// <remarks>
/// <see cref="Dispose"/> lets go of what the kernel lets go of at a process's death, the lock of the lease above all, and of nothing else. So a process
/// that abandons this and one that is killed leave the same.
/// </remarks>
public sealed class HalfManager : IDisposable
{
    /// <summary>The states in which a manager can be left.</summary>
    public static IReadOnlyDictionary<string, Action<HalfManager>> States { get; } = new Dictionary<string, Action<HalfManager>>
    {
        ["lease prepared, not published"] = _ => { },
        ["lease published, no server"] = half => half.Publish(),
        ["folder made, no socket"] = half => half.Publish().MakeFolder(),
        ["socket made, not in its place"] = half => half.Publish().MakeFolder().Listen(".1"),
        ["block without a size"] = half => half.Publish().MakeFolder().Listen("").MakeEmptyBlock(),
        ["blocks that nobody was told of"] = half => half.Publish().MakeFolder().Listen("").MakeBlocks(3),
        ["served, guarded"] = half => half.Serve(),
        ["guarded by halves: names without a hidden one"] = half => half.Serve().Unlink(1, hidden: true).Unlink(2, hidden: true),
        ["guarded by halves: hidden names alone"] = half => half.Serve().Unlink(1, hidden: false).Unlink(3, hidden: false),
        ["released by halves: one name gone, of others both"] =
            half => half.Serve().Unlink(1, hidden: false).Unlink(2, hidden: false).Unlink(2, hidden: true),
        ["server ends: before it hangs up"] = half => half.Serve().End(ServerEnding.HangUp),
        ["server ends: before it removes the socket"] = half => half.Serve().End(ServerEnding.RemoveSocket),
        ["server ends: before it unlinks"] = half => half.Serve().End(ServerEnding.Unlink),
        ["server ends: in the middle of unlinking"] =
            half => half.Serve().End(ServerEnding.Unlink).Unlink(1, hidden: false).Unlink(1, hidden: true).Unlink(2, hidden: false),
        ["server ends: before it removes the lease"] = half => half.Serve().End(ServerEnding.RemoveLease),
        ["server ends: before it says farewell"] = half => half.Serve().End(ServerEnding.Farewell),
        ["reclaimer: in the middle of unlinking"] = half => half.Serve().WinAndUnlinkHalf(),
    };

    /// <summary>The states after which there is no lease to be found.</summary>
    public static IReadOnlyList<string> WithoutLease { get; } = ["lease prepared, not published", "server ends: before it says farewell"];

    private const int Blocks = 4;

    private readonly ServerSettings _settings = ServerSettings.New(Path.GetTempPath(), guardNames: true);
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private LeaseFile _lease;

    /// <summary>Prepares a lease, and no more.</summary>
    public HalfManager() =>
        _lease = ManagerLease.TryPrepare(_settings) ?? throw new InvalidOperationException("The id is taken.");

    /// <summary>The manager's id.</summary>
    public string Id => _settings.Id;

    /// <inheritdoc/>
    public void Dispose()
    {
        _lease.Dispose();
        _socket.Dispose();
    }

    /// <summary>A manager with everything that one has, and these blocks, without hidden names.</summary>
    public HalfManager ServeUnguarded(int blocks) => Publish().MakeFolder().Listen("").MakeBlocks(blocks);

    private HalfManager Serve()
    {
        ServeUnguarded(Blocks);
        for (int i = 1; i <= Blocks; i++)
        {
            NameGuard.Guard(Name(i));
        }

        return this;
    }

    private string Name(int i) => $"{ManagerNames.Prefix(Id)}{i:x}";

    private HalfManager Publish() =>
        _lease.TryPublish() ? this : throw new InvalidOperationException("The lease has no name.");

    private HalfManager MakeFolder()
    {
        Directory.CreateDirectory(_settings.SocketDirectory);
        return this;
    }

    private HalfManager Listen(string suffix)
    {
        // The file stays when the socket goes, as it does at a death.
        _socket.Bind(new UnixDomainSocketEndPoint(_settings.Address.SocketPath + "~"));
        File.Move(_settings.Address.SocketPath + "~", _settings.Address.SocketPath + suffix);
        return this;
    }

    private HalfManager MakeBlocks(int count)
    {
        for (int i = 1; i <= count; i++)
        {
            SharedMemory.Create(64, Name(i)).Dispose();
        }

        return this;
    }

    private HalfManager MakeEmptyBlock()
    {
        File.Create(Path.Combine(LeaseFile.Directory, Name(1))).Dispose();
        return this;
    }

    private HalfManager Unlink(int i, bool hidden)
    {
        File.Delete(Path.Combine(LeaseFile.Directory, (hidden ? BlockName.GuardPrefix : "") + Name(i)));
        return this;
    }

    /// <summary>Has a server serve it whose owner is gone already, and die at its end.</summary>
    private HalfManager End(ServerEnding step)
    {
        new ManagerServer(_settings) { AbandonBefore = step }.Run(Stream.Null, Stream.Null);
        return this;
    }

    private void WinAndUnlinkHalf()
    {
        _lease.Dispose();
        _lease = LeaseFile.TryWin(ManagerNames.Lease(Id)) ?? throw new InvalidOperationException("The lease is held.");
        Unlink(1, hidden: false).Unlink(1, hidden: true).Unlink(2, hidden: false).Unlink(3, hidden: true);
    }
}
