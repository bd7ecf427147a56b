using System.Globalization;

namespace Multiprocessing;

/// <summary>Blocks that this process has mapped.</summary>
internal static class MappingLeaks
{
    /// <summary>How often it has mapped which file.</summary>
    internal static Dictionary<ulong, int> Count() =>
        BlockMaps.Of(Environment.ProcessId).Maps.ToDictionary(static map => map.Inode, static map => map.Count);

    /// <summary>What it has mapped more often than then.</summary>
    internal static IEnumerable<Leak> Find(Dictionary<ulong, int> before, Surroundings around)
    {
        foreach (BlockMap map in BlockMaps.Of(Environment.ProcessId).Maps.OrderBy(static map => map.Name, StringComparer.Ordinal))
        {
            int more = map.Count - before.GetValueOrDefault(map.Inode);
            if (more > 0)
            {
                string times = more == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{more} times");
                string detail = string.Create(
                    CultureInfo.InvariantCulture, $"{map.Bytes} bytes mapped by this process, {times} more than before{(map.IsDeleted ? "; the name is unlinked" : "")}");
                yield return new Leak(LeakKinds.Mappings, map.Name, detail)
                {
                    Creators = around.Book.OfMappings(Environment.ProcessId, map.Name, map.Inode, more),
                };
            }
        }
    }
}
