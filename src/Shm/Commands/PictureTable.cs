using System.Globalization;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary>A picture for people: each manager with its blocks below it, then what belongs to none.</summary>
internal static class PictureTable
{
    internal static void Write(SystemPicture picture)
    {
        var text = new StringBuilder();
        var table = new TextTable("NAME", "KIND", ">SIZE", ">USED", "MODE", ">AGE", "PROCESSES");
        ILookup<string?, BlockSight> blocks = picture.Blocks.ToLookup(static block => block.ManagerId);
        foreach (ManagerSight manager in picture.Managers)
        {
            BlockSight[] own = [.. blocks[manager.Id]];
            table.Add(ColourOf(manager.State), Heading(manager, own));
            AddBlocks(table, own);
        }

        BlockSight[] others = [.. blocks[null]];
        if (others.Length > 0)
        {
            table.Add(Colour.Bold, string.Create(CultureInfo.InvariantCulture, $"no manager: {Count(others.Length, "block")}, {Texts.Bytes(others.Sum(static block => block.Size))}"));
            AddBlocks(table, others);
        }

        if (picture.Managers.Count + others.Length > 0)
        {
            table.WriteTo(text);
        }

        AddLeases(text, picture);
        foreach (OrphanSight orphan in picture.Orphans)
        {
            text.Append(Screen.Paint($"orphaned socket: {orphan.Path} of the manager {orphan.ManagerId}, which is gone", Colour.Red)).Append('\n');
        }

        if (picture.UnreadableProcesses > 0)
        {
            text.Append(Screen.Paint($"{Count(picture.UnreadableProcesses, "process")} of others may not be looked at, and may have blocks mapped", Colour.Dim)).Append('\n');
        }

        Screen.Write(text.Length > 0 ? text.ToString() : "nothing in shared memory\n");
    }

    /// <summary>What there is to say of a manager, in one line.</summary>
    internal static string Heading(ManagerSight manager, IReadOnlyCollection<BlockSight> blocks)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"manager {manager.Id}: {PictureOutput.Name(manager.State)}");
        if (manager.OwnerProcessId != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", owner {manager.OwnerProcessId}");
            text.Append(manager.OwnerHoldsLease switch { true => "", false => " (gone)", null => " (unseen)" });
        }

        if (manager.ServerProcessId != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $", server {manager.ServerProcessId}");
        }

        if (manager.Started is DateTimeOffset started)
        {
            text.Append(CultureInfo.InvariantCulture, $", {Texts.Age(started)} old");
        }

        return text.Append(CultureInfo.InvariantCulture, $", {Count(blocks.Count, "block")}, {Texts.Bytes(blocks.Sum(static block => block.Size))}").ToString();
    }

    private static void AddBlocks(TextTable table, BlockSight[] blocks)
    {
        for (int i = 0; i < blocks.Length; i++)
        {
            BlockSight block = blocks[i];
            bool isLast = i == blocks.Length - 1;
            string branch = Screen.IsTerminal ? isLast ? "└─ " : "├─ " : isLast ? "`- " : "|- ";
            table.Add(
                block.IsHidden ? Colour.Yellow : Colour.None,
                branch + Texts.Printable(block.Name),
                block.Kind,
                Texts.Bytes(block.Size),
                Texts.Bytes(block.Allocated),
                Texts.Mode(block.Mode),
                Texts.Age(block.Created),
                string.Join(", ", block.Processes.Select(static process => Texts.Printable(Named(process)))));
        }
    }

    private static void AddLeases(StringBuilder text, SystemPicture picture)
    {
        LeaseSight[] free = [.. picture.Leases.Where(static lease => lease.State == LeaseState.Free)];
        if (picture.Leases.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"process leases: {picture.Leases.Count - free.Length} held, {free.Length} of the dead").Append('\n');
        }

        foreach (LeaseSight lease in free)
        {
            text.Append(Screen.Paint(string.Create(CultureInfo.InvariantCulture, $"dead process: lease {lease.Id:x16} of process {lease.ProcessId}"), Colour.Red)).Append('\n');
        }
    }

    /// <summary>The id, and the program without its folder.</summary>
    internal static string Named(ProcessSight process)
    {
        string[] words = process.Command.Split(' ');
        words[0] = words[0][(words[0].LastIndexOf('/') + 1)..];
        return string.Create(CultureInfo.InvariantCulture, $"{process.Id} {string.Join(' ', words)}").TrimEnd();
    }

    internal static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : what.EndsWith('s') ? "es" : "s")}");

    private static Colour ColourOf(ManagerState state) => state switch
    {
        ManagerState.Alive => Colour.Green,
        ManagerState.Dead => Colour.Red,
        _ => Colour.Yellow,
    };
}
