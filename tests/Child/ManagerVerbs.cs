namespace Multiprocessing.Tests;

/// <summary>What a child process does as the owner of a manager, or as a client of one.</summary>
internal static class ManagerVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("manager-hold", Hold),
        ("manager-churn", Churn),
        ("manager-end", End),
        ("client-hold", ClientHold),
        ("client-churn", ClientChurn),
        ("reclaim", Reclaim),
        ("manager-telemetry", Telemetry),
    ];

    /// <summary>Owns a manager with two blocks and a list; says the server's pid, the address and the names; waits for a line.</summary>
    private static void Hold(string[] args)
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory first = manager.CreateBlock(4096);
        using SharedMemory second = manager.CreateBlock(10);
        using ShareableList list = manager.CreateList("a", 1, null);
        Say(manager.ServerProcessId, manager.Address, first.Name, second.Name, list.Name);
        Console.ReadLine();
    }

    /// <summary>Owns a manager and makes, and now and then releases, blocks until it is killed.</summary>
    private static void Churn(string[] args)
    {
        using var manager = SharedMemoryManager.Start();
        Say(manager.ServerProcessId);
        for (int i = 0; ; i++)
        {
            using SharedMemory block = manager.CreateBlock(64);
            if (i % 3 != 0)
            {
                manager.Release(block.Name);
            }
            else if (i > 3000)
            {
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>Owns a manager with a block and ends without disposing it, in the way that is asked for.</summary>
    private static void End(string[] args)
    {
        var manager = SharedMemoryManager.Start();
        SharedMemory block = manager.CreateBlock(4096);
        Say(manager.ServerProcessId, block.Name);
        switch (args[0])
        {
            case "return":
                return;
            case "exit":
                Environment.Exit(3);
                return;
            case "throw":
                throw new InvalidOperationException("on purpose");
            case "fail-fast":
                Environment.FailFast("on purpose");
                return;
            case "crash":
                System.Runtime.InteropServices.Marshal.WriteByte(0x10000000, 1);
                return;
            case "sleep":
                Thread.Sleep(Timeout.Infinite);
                return;
            default:
                throw new ArgumentException(args[0]);
        }
    }

    /// <summary>
    /// Joins the manager of its environment, makes a block and a list there, says their names, and waits for a line.
    /// With the argument <c>release</c> they go with the connection.
    /// </summary>
    private static void ClientHold(string[] args)
    {
        using var manager = SharedMemoryManager.Connect(null, new() { ReleaseOnDeath = args is ["release"] });
        using SharedMemory block = manager.CreateBlock(128);
        using ShareableList list = manager.CreateList(1, 2, 3);
        Say(block.Name, list.Name);
        Console.ReadLine();
    }

    /// <summary>Joins the manager of its environment and makes blocks until that fails; says why.</summary>
    private static void ClientChurn(string[] args)
    {
        using var manager = SharedMemoryManager.Connect();
        Say("connected");
        try
        {
            for (int made = 1; ; made++)
            {
                manager.CreateBlock(64).Dispose();
                if (made % 20 == 0)
                {
                    // Ten of these beside their managers on two processors: a manager's end must get its turn.
                    Thread.Sleep(1);
                }
            }
        }
        catch (SharedMemoryManagerException e)
        {
            Say(e.Error);
        }
    }

    /// <summary>Owns a manager that has made a block; says whether the framework's part for metrics is loaded; then waits until it is.</summary>
    private static void Telemetry(string[] args)
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(1);
        manager.Release(block.Name);
        bool atOnce = SharedMemoryManagerTelemetry.MayBeHeard;
        Say(atOnce);
        while (!SharedMemoryManagerTelemetry.MayBeHeard)
        {
            Thread.Sleep(10);
        }

        manager.ListBlocks();
        Say("loaded");
        Console.ReadLine();
    }

    /// <summary>Reclaims, after a line if it is to wait, and says how many dead managers it has cleaned up after.</summary>
    private static void Reclaim(string[] args)
    {
        if (args is ["wait"])
        {
            // What it is about to run is compiled already.
            SharedMemoryManager.Reclaim();
            Say("ready");
            Console.ReadLine();
        }

        Say(SharedMemoryManager.Reclaim().Count);
    }

    private static void Say(params object[] words)
    {
        Console.WriteLine(string.Join(' ', words));
        Console.Out.Flush();
    }
}
