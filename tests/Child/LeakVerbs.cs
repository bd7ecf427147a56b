using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing.Tests;

/// <summary>Processes that leave things behind, for the tests of the leak check.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "That is what they are for.")]
internal static class LeakVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("leak-run", args => Run(args[0])),
        ("leak-forget", static _ => Forget()),
        ("leak-neighbour", static _ => Neighbour()),
    ];

    /// <summary>A test under a check with records in that folder, which waits to be killed in its midst. Tells the names of what it has made.</summary>
    private static void Run(string records)
    {
        using var check = LeakCheck.Start(new LeakCheckOptions { TrackCreators = true, RecordDirectory = records });
        Console.WriteLine($"{MakeBlockInKilledRun().Name} {MakeListInKilledRun().Name}");
        Console.ReadLine();
    }

    /// <summary>Makes a block, tells its name, and waits to be killed.</summary>
    private static void Forget()
    {
        Console.WriteLine(MakeForgottenBlock().Name);
        Console.ReadLine();
    }

    /// <summary>Has a block mapped and one of a manager's not, tells who it is and both names, and ends cleanly.</summary>
    private static void Neighbour()
    {
        using SharedMemory block = SharedMemory.Create(100);
        using var manager = SharedMemoryManager.Start();
        SharedMemory managed = manager.CreateBlock(100);
        managed.Dispose();
        Console.WriteLine($"{Environment.ProcessId} {block.Name} {managed.Name}");
        Console.ReadLine();
        block.Unlink();
    }

    private static SharedMemory MakeBlockInKilledRun() => SharedMemory.Create(100);

    private static ShareableList MakeListInKilledRun() => ShareableList.Create([1, 2, 3]);

    private static SharedMemory MakeForgottenBlock() => SharedMemory.Create(100);
}
