namespace Multiprocessing.Shm;

/// <summary>
/// Blocks that were made beside the manager while a command ran: by <c>SharedMemory.Create</c>, or by a stock Python by itself. The system does not say who made a
/// name, so these are guesses: this user's, not there before, in no manager's names, and used by nobody else.
/// </summary>
internal sealed class StrayNames
{
    private readonly HashSet<string> _before = [.. SharedMemory.List().Select(static block => block.Name)];

    /// <summary>What is new now.</summary>
    /// <param name="manager">The command's manager; its address is in the environment of all that the command has started.</param>
    /// <param name="left">What the manager knows of, also by names that are not its own.</param>
    internal IReadOnlyList<StrayName> Find(SharedMemoryManager manager, IReadOnlyList<LeftBlock> left)
    {
        HashSet<string> known = [.. left.Select(static block => block.Name)];
        SharedMemoryInfo[] news = [.. SharedMemory.List().Where(block => !_before.Contains(block.Name) && !known.Contains(block.Name) && !IsOfManager(block.Name))];
        if (news.Length == 0)
        {
            return [];
        }

        ILookup<string, int> users = BlockMaps.Read().Maps.Where(static map => !map.IsDeleted).ToLookup(static map => map.Name, static map => map.ProcessId);
        uint? user = ProcessTable.Find(Environment.ProcessId)?.UserId;
        string mark = $"{ManagerAddress.EnvironmentVariable}={manager.Address}";
        var strays = new List<StrayName>();
        foreach (SharedMemoryInfo block in news.Where(block => block.OwnerUserId == user))
        {
            int[] ours = [.. users[block.Name].Where(id => ProcessTable.Environment(id).Contains(mark))];
            if (ours.Length > 0 || !users[block.Name].Any())
            {
                strays.Add(new StrayName(block.Name, block.Size, ours));
            }
        }

        return strays;
    }

    /// <summary>Whether a name is one that a manager, any, will unlink.</summary>
    private static bool IsOfManager(string name) =>
        ManagerNames.IdOfBlock(name) is string id && LeaseFile.Exists(ManagerNames.Lease(id));
}
