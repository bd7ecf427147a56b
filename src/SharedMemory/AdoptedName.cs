namespace Multiprocessing;

/// <summary>
/// A block that somebody made under a name of his own and then handed to a manager. The manager's claim is a hidden second name, a hard link, that
/// begins with the manager's prefix: so whoever sweeps the prefix finds it, and nothing that another block of that name holds later is taken for it.
/// </summary>
/// <remarks>
/// <code>
/// psm_2a948a1c                       the block
/// .psm_0123456789ab_@psm_2a948a1c    the claim of the manager 0123456789ab; no other name of a manager has an @
/// </code>
/// </remarks>
internal readonly record struct AdoptedName(BlockName Block, BlockName Claim)
{
    private const char Mark = '@';

    /// <summary>How the claims of a manager begin, whose names begin with <paramref name="prefix"/>.</summary>
    internal static string ClaimPrefix(string prefix) => $"{BlockName.GuardPrefix}{prefix}{Mark}";

    /// <exception cref="ArgumentException">The name is no name of a block, or too long for a claim.</exception>
    internal static AdoptedName Of(string prefix, string name)
    {
        var block = BlockName.Parse(name);
        return block.IsFile
            ? throw new ArgumentException($"'{name}' is a file, and not a block of the system's shared memory.", nameof(name))
            : new AdoptedName(block, BlockName.Parse(ClaimPrefix(prefix) + name));
    }

    /// <summary>Takes the name of a claim apart; false if it is none of the manager's.</summary>
    internal static bool TryParse(string prefix, string claim, out AdoptedName adopted)
    {
        string start = ClaimPrefix(prefix);
        bool isClaim = claim.Length > start.Length && claim.StartsWith(start, StringComparison.Ordinal);
        adopted = isClaim ? new AdoptedName(new BlockName(false, claim[start.Length..]), new BlockName(false, claim)) : default;
        return isClaim;
    }

    /// <summary>Unlinks the block, and then the claim; false if there was no claim. What else has the block's name by now stays.</summary>
    /// <exception cref="IOException">The system refuses; then the claim stays, for the next try.</exception>
    internal bool Unlink()
    {
        IBlockBackend backend = BlockBackend.Current;
        if (!backend.TryLookAt(Claim, out FileStatus status))
        {
            return false;
        }

        UnlinkName(status);
        bool unlinked = backend.TryUnlink(Claim);

        // A guard that was in the middle of putting the name back has done so by now, and cannot again.
        UnlinkName(status);
        return unlinked;
    }

    private void UnlinkName(FileStatus status)
    {
        // A link to a file of another user's is no claim of ours.
        if (status.IsOurs && HasName(status))
        {
            BlockBackend.Current.TryUnlink(Block);
        }
    }

    private bool HasName(FileStatus status) =>
        BlockBackend.Current.TryLookAt(Block, out FileStatus named) && named.Version.Inode == status.Version.Inode;
}
