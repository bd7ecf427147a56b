namespace Multiprocessing.Tests;

/// <summary>What a child process does as a server for unrelated processes.</summary>
internal static class ServeVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All => [("serve", Serve), ("serve-client", Client)];

    /// <summary>
    /// Serves and says the address. Arguments: <c>shutdown</c> (clients may end it), <c>last</c> (ends with its last client), <c>address=…</c>, <c>file=…</c>. At its end it
    /// says how many blocks were removed.
    /// </summary>
    private static void Serve(string[] args)
    {
        string? Value(string name) => args.FirstOrDefault(arg => arg.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
        SharedMemoryShutdownReport report = SharedMemoryManager.Serve(new()
        {
            Address = Value("address"),
            AddressFile = Value("file"),
            AllowShutdown = args.Contains("shutdown"),
            Lifetime = args.Contains("last") ? SharedMemoryServeLifetime.UntilLastClientHasGone : SharedMemoryServeLifetime.RemainUntilShutdown,
            Ready = address => Say(address),
        });
        Say("removed", report.Removed, report.NotRemoved.Count);
    }

    /// <summary>Connects to the address, makes a block and a dictionary, says their names, and waits for a line.</summary>
    private static void Client(string[] args)
    {
        using var manager = SharedMemoryManager.Connect(args[0]);
        using SharedMemory block = manager.CreateBlock(64);
        using ManagedDictionary<string, int> dictionary = manager.CreateDictionary<string, int>();
        dictionary["one"] = 1;
        Say(block.Name, dictionary.Name);
        Console.ReadLine();
    }

    private static void Say(params object[] words)
    {
        Console.WriteLine(string.Join(' ', words));
        Console.Out.Flush();
    }
}
