namespace Multiprocessing.Tests;

/// <summary>What a child process does with blocks.</summary>
internal static class BlockVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("block-create", Create),
        ("block-exists-without-descriptors", ExistsWithoutDescriptors),
        ("block-hold-anonymous", HoldAnonymous),
        ("block-lock", Lock),
        ("block-race", Race),
        ("block-try", Try),
    ];

    /// <summary>
    /// Tries to make blocks (<c>NAME SIZE named|file|sparse</c> and so on) and says of each what came of it; then what is in the folders
    /// of the blocks.
    /// </summary>
    private static void Create(string[] args)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < args.Length; i += 3)
        {
            string name = args[i];
            var options = new SharedMemoryOptions
            {
                Backing = args[i + 2] == "file" ? SharedMemoryBacking.File : SharedMemoryBacking.Named,
                Reserve = args[i + 2] != "sparse",
            };
            folders.Add(options.Backing == SharedMemoryBacking.File ? Path.GetDirectoryName(name)! : "/dev/shm");
            try
            {
                using SharedMemory block = SharedMemory.Create(long.Parse(args[i + 1], null), name, options);
                if (options.Reserve)
                {
                    block.Span.Fill(0xff);
                }

                Console.WriteLine($"made {block.Size} {Convert.ToString((int)block.Mode, 8)}");
            }
            catch (SharedMemoryFullException e)
            {
                Console.WriteLine($"full {e.Name} {e.RequestedBytes} {e.AvailableBytes} {e.Message}");
            }
        }

        foreach (string path in folders.SelectMany(Directory.EnumerateFileSystemEntries).Order(StringComparer.Ordinal))
        {
            Console.WriteLine($"{path} {Convert.ToString((int)new FileInfo(path).UnixFileMode, 8)}");
        }
    }

    /// <summary>Says whether a block exists when this process cannot open one more file.</summary>
    private static void ExistsWithoutDescriptors(string[] args)
    {
        _ = SharedMemory.Exists(args[0]);
        var files = new List<FileStream>();
        try
        {
            while (true)
            {
                files.Add(File.OpenRead("/dev/null"));
            }
        }
        catch (IOException)
        {
            bool exists = SharedMemory.Exists(args[0]);
            files.ForEach(static file => file.Dispose());
            Console.WriteLine(exists);
        }
    }

    /// <summary>Makes an anonymous block whose first byte is 42, says its name, and waits for a line.</summary>
    private static void HoldAnonymous(string[] args)
    {
        var options = new SharedMemoryOptions { Backing = SharedMemoryBacking.Anonymous };
        using SharedMemory block = SharedMemory.Create(long.Parse(args[0], null), options: options);
        block.Span[0] = 42;
        Console.WriteLine(block.Name);
        Console.ReadLine();
    }

    /// <summary>Locks anonymous blocks of these sizes, one after the other, and says what came of it.</summary>
    private static void Lock(string[] args)
    {
        foreach (string size in args)
        {
            var options = new SharedMemoryOptions { Backing = SharedMemoryBacking.Anonymous };
            using SharedMemory block = SharedMemory.Create(long.Parse(size, null), options: options);
            try
            {
                block.Lock();
                Console.WriteLine("locked");
                block.Unlock();
            }
            catch (Exception e) when (e is InsufficientMemoryException or UnauthorizedAccessException)
            {
                Console.WriteLine($"{e.GetType().Name} {e.Message}");
            }
        }
    }

    /// <summary>
    /// Waits for a line, then makes or attaches to <c>PREFIX0</c>, <c>PREFIX1</c> and so on as fast as it can; says for each 1 if it made
    /// it and 0 if not. Every one that is there adds 1 to the first value of the block.
    /// </summary>
    private static void Race(string[] args)
    {
        int rounds = int.Parse(args[1], null);
        char[] made = new char[rounds];
        SharedMemory.Exists(args[0]);
        Console.WriteLine("ready");
        Console.ReadLine();
        for (int i = 0; i < rounds; i++)
        {
            using SharedMemory block = SharedMemory.CreateOrAttach($"{args[0]}{i}", 64);
            Interlocked.Increment(ref block.GetReference<long>(0));
            made[i] = block.WasCreated ? '1' : '0';
        }

        Console.WriteLine(new string(made));
        Console.ReadLine();
    }

    /// <summary>Says of blocks that exist what comes of every call.</summary>
    private static void Try(string[] args)
    {
        foreach (string name in args)
        {
            (string What, Func<object> Call)[] calls =
            [
                ("attach", () => SharedMemory.Attach(name).Size),
                ("attach-read-only", () => SharedMemory.Attach(name, readOnly: true).Size),
                ("unlink", () => SharedMemory.TryUnlink(name)),
                ("create-or-attach", () => SharedMemory.CreateOrAttach(name, 1).Size),
                ("create", () => SharedMemory.Create(1, name).Size),
                ("exists", () => SharedMemory.Exists(name)),
            ];
            foreach ((string what, Func<object> call) in calls)
            {
                try
                {
                    Console.WriteLine($"{what} {call()}");
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    Console.WriteLine($"{what} {e.GetType().Name}");
                }
            }
        }
    }
}
