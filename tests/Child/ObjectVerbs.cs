using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What a child process does with objects that a manager's server holds, as a client of the manager of its environment.</summary>
internal static class ObjectVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("object-make", Make),
        ("object-hold", Hold),
        ("object-count", Count),
        ("object-scope", Scope),
    ];

    /// <summary>Makes a dictionary with one item, and with the argument <c>keep</c> one that stays; says its name and waits for a line.</summary>
    private static void Make(string[] args)
    {
        using var manager = SharedMemoryManager.Connect();
        using ManagedDictionary<string, int> made = manager.CreateDictionary<string, int>(keep: args is ["keep"]);
        made["one"] = 1;
        Say(made.Name);
        Console.ReadLine();
    }

    /// <summary>Attaches to a dictionary, says how many items it has, and waits for a line.</summary>
    private static void Hold(string[] args)
    {
        using var manager = SharedMemoryManager.Connect();
        using ManagedDictionary<string, int> held = manager.AttachDictionary<string, int>(args[0]);
        Say(held.Count);
        Console.ReadLine();
    }

    /// <summary>The same in a scope, which ends at the first line; says so, and waits for another.</summary>
    private static void Scope(string[] args)
    {
        using var manager = SharedMemoryManager.Connect();
        using (SharedMemoryScope scope = manager.BeginScope())
        {
            ManagedDictionary<string, int> held = scope.AttachDictionary<string, int>(args[0]);
            Say(held.Count, scope.CreateManagedList<int>().Name);
            Console.ReadLine();
        }

        Say("ended");
        Console.ReadLine();
    }

    /// <summary>Counts up a key of a dictionary, an item of a list and a name of a namespace, each so many times, and appends to the list.</summary>
    private static void Count(string[] args)
    {
        using var manager = SharedMemoryManager.Connect();
        using ManagedDictionary<string, long> dictionary = manager.AttachDictionary<string, long>(args[0]);
        using ManagedList<long> list = manager.AttachManagedList<long>(args[1]);
        using ManagedNamespace names = manager.AttachNamespace(args[2]);
        int times = int.Parse(args[3], CultureInfo.InvariantCulture);
        Say("ready");
        Console.ReadLine();
        for (int i = 0; i < times; i++)
        {
            dictionary.AddOrUpdate("sum", 1, value => value + 1);
            list.Update(0, value => value + 1);
            names.Update<long>("sum", value => value + 1);
            list.Add((Environment.ProcessId * 1000L) + i);
        }

        Say("done");
    }

    private static void Say(params object[] words)
    {
        Console.WriteLine(string.Join(' ', words));
        Console.Out.Flush();
    }
}
