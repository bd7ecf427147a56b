namespace Multiprocessing.Shm;

/// <summary>Leaves out of a picture what was not asked for. A manager stays if it or one of its blocks does.</summary>
internal static class PictureFilter
{
    /// <summary>What is left of it.</summary>
    /// <param name="picture">All there is.</param>
    /// <param name="prefix">How names begin, or a manager's id; null for all.</param>
    /// <param name="kind">Of what kind blocks are; null for all.</param>
    /// <param name="deadOnly">Only what the dead have left.</param>
    /// <param name="mineOnly">Only what is this user's.</param>
    internal static SystemPicture Apply(SystemPicture picture, string? prefix, string? kind, bool deadOnly, bool mineOnly)
    {
        var dead = picture.Managers.Where(static manager => manager.State == ManagerState.Dead).Select(static manager => manager.Id).ToHashSet(StringComparer.Ordinal);
        List<BlockSight> blocks =
        [
            .. picture.Blocks.Where(block =>
                (prefix is null || HasPrefix(block, prefix))
                && (kind is null || block.Kind == kind)
                && (!deadOnly || (block.ManagerId is string id && dead.Contains(id)))
                && (!mineOnly || block.IsOurs)),
        ];
        var withBlocks = blocks.Select(static block => block.ManagerId).ToHashSet(StringComparer.Ordinal);
        bool hasManagers(ManagerSight manager) =>
            withBlocks.Contains(manager.Id)
            || (kind is null && (prefix is null || manager.Id == prefix || manager.Prefix.StartsWith(prefix, StringComparison.Ordinal))
                && (!deadOnly || dead.Contains(manager.Id)) && (!mineOnly || manager.IsOurs));
        bool hasOthers = prefix is null && kind is null;
        return picture with
        {
            Blocks = blocks,
            Managers = [.. picture.Managers.Where(hasManagers)],
            Leases = hasOthers
                ? [.. picture.Leases.Where(lease => (!deadOnly || lease.State == LeaseState.Free) && (!mineOnly || lease.IsOurs))]
                : [],
            Orphans = hasOthers ? picture.Orphans : [],
        };
    }

    private static bool HasPrefix(BlockSight block, string prefix) => block.Name.StartsWith(prefix, StringComparison.Ordinal) || block.ManagerId == prefix;
}
