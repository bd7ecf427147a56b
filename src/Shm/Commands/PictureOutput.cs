using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary>A picture for programs. The fields are those of docs/shm.md: they are added to, and never changed.</summary>
internal static class PictureOutput
{
    /// <summary>The fields of a manager.</summary>
    internal static Column<ManagerSight>[] ManagerColumns(SystemPicture picture)
    {
        ILookup<string?, BlockSight> blocks = picture.Blocks.ToLookup(static block => block.ManagerId);
        return
        [
            new("id", static manager => manager.Id),
            new("prefix", static manager => manager.Prefix),
            new("state", static manager => Name(manager.State)),
            new("ownerPid", static manager => NullIfZero(manager.OwnerProcessId)),
            new("ownerAlive", static manager => manager.OwnerHoldsLease),
            new("serverPid", static manager => NullIfZero(manager.ServerProcessId)),
            new("started", static manager => manager.Started),
            new("socket", static manager => manager.HasSocket ? manager.SocketPath : null),
            new("mine", static manager => manager.IsOurs),
            new("blocks", manager => blocks[manager.Id].Count()),
            new("bytes", manager => blocks[manager.Id].Sum(static block => block.Size)),
        ];
    }

    /// <summary>The fields of a block.</summary>
    internal static Column<BlockSight>[] BlockColumns(SystemPicture picture)
    {
        var states = picture.Managers.ToDictionary(static manager => manager.Id, static manager => Name(manager.State), StringComparer.Ordinal);
        return
        [
            new("name", static block => block.Name),
            new("kind", static block => block.Kind),
            new("size", static block => block.Size),
            new("allocated", static block => block.Allocated),
            new("mode", static block => Texts.Mode(block.Mode)),
            new("uid", static block => block.UserId),
            new("created", static block => block.Created),
            new("manager", static block => block.ManagerId),
            new("managerState", block => block.ManagerId is string id ? states.GetValueOrDefault(id) : null),
            new("guarded", static block => block.IsGuarded),
            new("hidden", static block => block.IsHidden),
            new("processes", block => picture.ProcessesAreKnown ? block.Processes : null),
        ];
    }

    internal static Column<LeaseSight>[] LeaseColumns { get; } =
    [
        new("id", static lease => lease.Id.ToString("x16", CultureInfo.InvariantCulture)),
        new("pid", static lease => NullIfZero(lease.ProcessId)),
        new("state", static lease => Name(lease.State)),
        new("mine", static lease => lease.IsOurs),
    ];

    private static Column<OrphanSight>[] OrphanColumns { get; } =
    [
        new("path", static orphan => orphan.Path),
        new("manager", static orphan => orphan.ManagerId),
    ];

    internal static void WriteJson(SystemPicture picture) => JsonOutput.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName("managers");
        JsonOutput.WriteRows(writer, ManagerColumns(picture), picture.Managers);
        writer.WritePropertyName("blocks");
        JsonOutput.WriteRows(writer, BlockColumns(picture), picture.Blocks);
        writer.WritePropertyName("leases");
        JsonOutput.WriteRows(writer, LeaseColumns, picture.Leases);
        writer.WritePropertyName("orphans");
        JsonOutput.WriteRows(writer, OrphanColumns, picture.Orphans);
        writer.WriteNumber("unreadableProcesses", picture.UnreadableProcesses);
        writer.WriteEndObject();
    });

    /// <summary>The blocks alone: a table has one kind of row.</summary>
    internal static void WriteCsv(SystemPicture picture) => CsvOutput.Write(BlockColumns(picture), picture.Blocks);

    internal static string Name(ManagerState state) => state switch
    {
        ManagerState.Alive => "alive",
        ManagerState.Dead => "dead",
        ManagerState.Missing => "missing",
        _ => "unknown",
    };

    internal static string Name(LeaseState state) => state switch
    {
        LeaseState.Held => "held",
        LeaseState.Free => "free",
        _ => "unknown",
    };

    private static int? NullIfZero(int number) => number == 0 ? null : number;
}
