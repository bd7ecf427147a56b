using System.Globalization;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary>What <c>shm top</c> shows, as lines: the file system, the managers, the blocks.</summary>
internal static class TopFrame
{
    private const string Keys = "q quit   sort by: s size  n name  a age  p processes";
    private const int BarWidth = 20;

    /// <summary>Makes a frame.</summary>
    /// <param name="look">What to show.</param>
    /// <param name="sort">In which order the blocks are.</param>
    /// <param name="height">How many lines there may be; what does not fit is counted.</param>
    /// <param name="withKeys">Whether to say what the keys do.</param>
    internal static List<string> Lines(TopLook look, TopSort sort, int height, bool withKeys)
    {
        var lines = new List<string>
        {
            Screen.Paint(string.Create(CultureInfo.InvariantCulture, $"shm top  {look.Time:HH:mm:ss}Z  {Count(look.Picture.Managers.Count, "manager")}, {Count(look.Picture.Blocks.Count, "block")} of {Texts.Bytes(look.Bytes)}"), Colour.Bold),
            $"{LeaseFile.Directory}  {Bar(look)} {Texts.Bytes(look.Used)} of {Texts.Bytes(look.Total)} used, {Texts.Bytes(look.Free)} free",
            $"blocks made {Rate(look.Created)}, unlinked {Rate(look.Unlinked)}",
            "",
        };
        int rest = height == int.MaxValue ? height : Math.Max(0, height - lines.Count - (withKeys ? 2 : 0));
        List<string> managers = look.Picture.Managers.Count == 0 ? [] : [.. Managers(look.Picture), ""];
        Add(lines, managers, rest == int.MaxValue ? rest : rest / 2, "managers");
        Add(lines, Blocks(look.Sorted(sort)), height == int.MaxValue ? height : Math.Max(0, height - lines.Count - (withKeys ? 2 : 0)), "blocks");
        if (withKeys)
        {
            lines.Add("");
            lines.Add(Screen.Paint($"{Keys}   (now {sort.ToString().ToLowerInvariant()})", Colour.Dim));
        }

        return lines;
    }

    private static List<string> Managers(SystemPicture picture)
    {
        ILookup<string?, BlockSight> blocks = picture.Blocks.ToLookup(static block => block.ManagerId);
        var table = new TextTable("MANAGER", "STATE", ">BLOCKS", ">SIZE", ">AGE", ">SERVER", ">OWNER", "COMMAND");
        foreach (ManagerSight manager in picture.Managers)
        {
            table.Add(
                manager.State == ManagerState.Dead ? Colour.Red : Colour.None,
                manager.Id,
                PictureOutput.Name(manager.State),
                blocks[manager.Id].Count().ToString(CultureInfo.InvariantCulture),
                Texts.Bytes(blocks[manager.Id].Sum(static block => block.Size)),
                manager.Started is DateTimeOffset started ? Texts.Age(started) : "-",
                Id(manager.ServerProcessId),
                Id(manager.OwnerProcessId),
                manager.OwnerHoldsLease == false ? "" : Texts.Printable(ProcessTable.Find(manager.OwnerProcessId)?.CommandLine ?? ""));
        }

        return Rows(table);
    }

    private static List<string> Blocks(IEnumerable<BlockSight> blocks)
    {
        var table = new TextTable("BLOCK", "KIND", ">SIZE", ">USED", ">AGE", "MANAGER", "PROCESSES");
        foreach (BlockSight block in blocks)
        {
            table.Add(
                Colour.None,
                Texts.Printable(block.Name),
                block.Kind,
                Texts.Bytes(block.Size),
                Texts.Bytes(block.Allocated),
                Texts.Age(block.Created),
                block.ManagerId ?? "-",
                string.Join(' ', block.Processes.Select(static process => process.Id)));
        }

        return Rows(table);
    }

    private static List<string> Rows(TextTable table)
    {
        var text = new StringBuilder();
        table.WriteTo(text);
        return [.. text.ToString().TrimEnd('\n').Split('\n')];
    }

    /// <summary>Adds as many as there is room for, and says how many there is none for.</summary>
    private static void Add(List<string> lines, List<string> more, int room, string what)
    {
        if (more.Count <= room)
        {
            lines.AddRange(more);
        }
        else if (room > 0)
        {
            int hidden = more.Count(static line => line.Length > 0) - (room - 1);
            lines.AddRange(more.Take(room - 1));
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"… and {hidden} more {what}"));
        }
    }

    private static string Bar(TopLook look)
    {
        int full = look.Total == 0 ? 0 : (int)Math.Round((double)BarWidth * look.Used / look.Total);
        return $"[{new string('#', full)}{new string('.', BarWidth - full)}]";
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Rate(double? rate) => rate is double number ? number.ToString("0.0", CultureInfo.InvariantCulture) + "/s" : "-";

    private static string Id(int processId) => processId == 0 ? "-" : processId.ToString(CultureInfo.InvariantCulture);
}
