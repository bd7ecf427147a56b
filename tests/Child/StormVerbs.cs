using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>Owners and clients that make, look for, list and release blocks at random until they are killed or told to end.</summary>
internal static class StormVerbs
{
    private const int MostBlocks = 50;

    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("storm-owner", Owner),
        ("storm-client", Client),
    ];

    private static void Owner(string[] args)
    {
        using var manager = SharedMemoryManager.Start();
        Console.WriteLine($"{manager.ServerProcessId} {manager.Address}");
        Storm(manager, args);
    }

    private static void Client(string[] args)
    {
        using var manager = SharedMemoryManager.Connect();
        Console.WriteLine("connected");
        try
        {
            Storm(manager, args);
        }
        catch (SharedMemoryManagerException e) when (e.Error == SharedMemoryManagerError.ServerLost)
        {
            Console.WriteLine("lost");
        }
    }

    /// <summary>Begins after a line, and ends when the standard input does. A block of one's own that is not there is a wrong unlink: exit code 9.</summary>
    private static void Storm(SharedMemoryManager manager, string[] args)
    {
        var random = new Random(int.Parse(args[0], CultureInfo.InvariantCulture));
        Console.ReadLine();
        bool ends = false;
        new Thread(() =>
        {
            Console.In.ReadToEnd();
            Volatile.Write(ref ends, true);
        })
        { IsBackground = true }.Start();

        var own = new List<string>();
        while (!Volatile.Read(ref ends))
        {
            switch (random.Next(10))
            {
                case < 5 when own.Count < MostBlocks:
                    using (SharedMemory block = manager.CreateBlock(random.Next(1, 10_000)))
                    {
                        own.Add(block.Name);
                    }

                    break;
                case < 8 when own.Count > 0:
                    string released = own[random.Next(own.Count)];
                    manager.Release(released);
                    own.Remove(released);
                    break;
                case 8:
                    manager.ListBlocks();
                    break;
                default:
                    Thread.Sleep(random.Next(5));
                    break;
            }

            foreach (string name in own)
            {
                if (!SharedMemory.Exists(name))
                {
                    ThrowUnlessEnded(manager, name);
                }
            }
        }
    }

    /// <summary>At the end of a manager its blocks go: a client sees that before it sees the end of its connection.</summary>
    private static void ThrowUnlessEnded(SharedMemoryManager manager, string name)
    {
        manager.ListBlocks();
        if (!SharedMemory.Exists(name))
        {
            Console.Error.WriteLine($"wrong unlink: {name} is gone");
            Environment.Exit(9);
        }
    }
}
