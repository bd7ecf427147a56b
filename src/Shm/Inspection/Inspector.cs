namespace Multiprocessing.Shm;

/// <summary>
/// Looks at the system, again and again if need be: what a block is, is asked again only while nothing was recognised in it, or when it is another one.
/// </summary>
/// <remarks>It attaches to nothing, takes no lock for longer than an instant, and changes and repairs nothing.</remarks>
internal sealed class Inspector
{
    private readonly Dictionary<string, (FileVersion Version, string Kind)> _kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _commands = [];

    /// <summary>What is there now.</summary>
    /// <exception cref="PlatformNotSupportedException">The system cannot list its blocks.</exception>
    internal SystemPicture Look()
    {
        List<ManagerSight> managers = ManagerInspector.All();
        var maps = BlockMaps.Read();
        List<BlockSight> blocks = Blocks(maps);
        AddMissing(managers, blocks);
        return new SystemPicture(
            managers,
            blocks,
            [.. ProcessLease.LookAtAll().Select(static lease => new LeaseSight(lease.Id, lease.ProcessId, lease.Look.State, lease.Look.IsOurs)).OrderBy(static lease => lease.ProcessId)],
            OrphanInspector.All(),
            maps.IsKnown,
            maps.UnreadableProcesses);
    }

    private List<BlockSight> Blocks(BlockMaps maps)
    {
        ILookup<ulong, int> processes = maps.Maps.ToLookup(static map => map.Inode, static map => map.ProcessId);
        _commands.Clear();
        List<(string Name, FileStatus Status)> named = BlockBackend.Current.ListStatuses("");
        Dictionary<ulong, string> hidden = HiddenNames();
        var blocks = new List<BlockSight>(named.Count);
        foreach ((string name, FileStatus status) in named)
        {
            hidden.Remove(status.Version.Inode, out string? guard);
            string? manager = ManagerNames.IdOfBlock(name) ?? (guard is null ? null : ManagerNames.IdOfBlock(guard));
            blocks.Add(Describe(name, status, manager, guard is not null, isHidden: false, processes));
        }

        foreach ((ulong inode, string guard) in hidden.OrderBy(static pair => pair.Value, StringComparer.Ordinal))
        {
            // Looked at again: its first name may have gone, with it, since the list was made.
            if (BlockBackend.Current.TryLookAt(new BlockName(false, guard), out FileStatus status) && status.Version.Inode == inode && status.Links == 1)
            {
                blocks.Add(Describe(guard, status, ManagerNames.IdOfBlock(guard), isGuarded: true, isHidden: true, processes));
            }
        }

        return blocks;
    }

    private BlockSight Describe(string name, FileStatus status, string? manager, bool isGuarded, bool isHidden, ILookup<ulong, int> processes) =>
        new(
            name,
            KindOf(name, status.Version),
            status.Size,
            status.Blocks * 512,
            status.Mode,
            status.OwnerUserId,
            status.IsOurs,
            status.Modified,
            status.Version.Inode,
            manager,
            isGuarded,
            isHidden,
            [.. processes[status.Version.Inode].Select(id => new ProcessSight(id, CommandOf(id)))]);

    /// <summary>The hidden names of blocks, by what block they are.</summary>
    private static Dictionary<ulong, string> HiddenNames()
    {
        var names = new Dictionary<ulong, string>();
        foreach (string name in BlockBackend.Current.ListNames(BlockName.GuardPrefix + BlockName.Prefix))
        {
            if (!name.EndsWith(LeaseFile.Suffix, StringComparison.Ordinal) && BlockBackend.Current.TryLookAt(new BlockName(false, name), out FileStatus status))
            {
                names[status.Version.Inode] = name;
            }
        }

        return names;
    }

    private string KindOf(string name, FileVersion version)
    {
        if (_kinds.TryGetValue(name, out (FileVersion Version, string Kind) seen) && seen.Version == version)
        {
            return seen.Kind;
        }

        string kind = KindRecognizer.KindOf(name);
        if (kind != KindRecognizer.Plain)
        {
            // A header may be written to any plain block at any time, which changes nothing that the system tells of it.
            _kinds[name] = (version, kind);
        }

        return kind;
    }

    private string CommandOf(int processId)
    {
        if (!_commands.TryGetValue(processId, out string? command))
        {
            command = ProcessTable.Find(processId)?.CommandLine ?? "";
            _commands.Add(processId, command);
        }

        return command;
    }

    private static void AddMissing(List<ManagerSight> managers, List<BlockSight> blocks)
    {
        var known = managers.Select(static manager => manager.Id).ToHashSet(StringComparer.Ordinal);
        foreach (BlockSight block in blocks)
        {
            if (block.ManagerId is string id && known.Add(id))
            {
                string socket = ManagerNames.SocketPath(Path.GetTempPath(), id);
                managers.Add(new ManagerSight(id, ManagerState.Missing, 0, null, 0, null, socket, File.Exists(socket), block.IsOurs));
            }
        }
    }
}
