using System.Text;

namespace Multiprocessing;

/// <summary>
/// Keeps the names of a manager's blocks from those who unlink what they only attached to: CPython's resource tracker, at the exit of a stock
/// Python (gh-82300). Each block gets a hidden second name; when the first goes and the second is still there, the first is put back, to the same memory.
/// </summary>
/// <remarks>
/// Who means it sees to it that both are gone at once (<see cref="SharedMemory.Unlink"/>, <c>Release</c>, the manager's end). Linux only: elsewhere a
/// block has one name.
/// </remarks>
internal sealed class NameGuard(string prefix, AdoptedBlocks adopted) : IDisposable
{
    /// <summary>
    /// How long to let names gather before the next look: who makes and unlinks blocks by the thousand must not wake this process for each.
    /// </summary>
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(2);

    /// <summary>How often to look where the system has no watch to give.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private LinuxNameWatch? _watch;
    private bool _ended;

    /// <summary>Guards what is there, and begins to watch.</summary>
    internal void Start()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _watch = new LinuxNameWatch(LeaseFile.Directory);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"no watch, looking every {LookInterval.TotalMilliseconds} ms instead: {e.Message}");
        }

        new Thread(Run) { IsBackground = true, Name = "guard" }.Start();
    }

    /// <summary>Gives a block its hidden name.</summary>
    internal static void Guard(string name)
    {
        if (BlockName.Parse(name) is { Guard: BlockName guard } block)
        {
            TryLink(block, guard);
        }
    }

    /// <summary>Nothing is put back any more, but for what is in the middle of it.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _ended, true);
        _watch?.End();
    }

    private void Run()
    {
        LookAtAll();
        byte[] prefixBytes = Encoding.UTF8.GetBytes(prefix);
        while (!Volatile.Read(ref _ended))
        {
            List<string>? gone = _watch?.WaitForRemovals(name => name.StartsWith(prefixBytes) || adopted.Contains(name));
            if (gone is null)
            {
                LookAtAll();
            }

            gone?.ForEach(Restore);
            Thread.Sleep(_watch is null ? LookInterval : GatherTime);
        }
    }

    /// <summary>Puts back the name of a block that has its hidden one.</summary>
    private void Restore(string name)
    {
        if (Volatile.Read(ref _ended))
        {
            return;
        }

        if (adopted.Contains(name))
        {
            TryLink(AdoptedName.Of(prefix, name).Claim, BlockName.Parse(name));
        }
        else if (BlockName.Parse(name) is { Guard: BlockName guard } block)
        {
            TryLink(guard, block);
        }
    }

    private static void TryLink(BlockName from, BlockName to)
    {
        try
        {
            BlockBackend.Current.TryLink(from, to);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Out of names (tmpfs counts them), say. The block is there, by one name.
            Console.Error.WriteLine($"could not link {from} to {to}: {e.Message}");
        }
    }

    private void LookAtAll()
    {
        IBlockBackend backend = BlockBackend.Current;
        foreach (string hidden in backend.ListNames(BlockName.GuardPrefix + prefix))
        {
            Restore(AdoptedName.TryParse(prefix, hidden, out AdoptedName name) ? name.Block.Text : hidden[BlockName.GuardPrefix.Length..]);
        }

        foreach (string name in backend.ListNames(prefix))
        {
            Guard(name);
        }
    }
}
