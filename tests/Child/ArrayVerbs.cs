using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What a child process does with arrays.</summary>
internal static class ArrayVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("array-churn", Churn),
        ("array-lock", Lock),
        ("array-race", Race),
    ];

    /// <summary>Makes and deletes arrays of one name, of three types and many shapes, until the time is over. The last dimension tells the type.</summary>
    private static void Churn(string[] args)
    {
        SharedArrayType[] types = [SharedArrayType.Int32, SharedArrayType.Float64, SharedArrayType.UInt8];
        Console.WriteLine("begins");
        var clock = Stopwatch.StartNew();
        for (int i = 0; clock.Elapsed.TotalSeconds < double.Parse(args[1], CultureInfo.InvariantCulture); i++)
        {
            using SharedArray array = SharedArray.Create(args[0], [(i % 7) + 2, (i % 3) + 1], types[i % 3]);
            SharedArray.Delete(args[0]);
        }
    }

    /// <summary>Locks anonymous arrays of so many bytes, one after the other, and says what came of it.</summary>
    private static void Lock(string[] args)
    {
        foreach (string size in args)
        {
            using var array = SharedArray<byte>.Create(null, [nint.Parse(size, null)], new SharedMemoryOptions { Backing = SharedMemoryBacking.Anonymous });
            try
            {
                array.Lock();
                Console.WriteLine("locked");
                array.Unlock();
            }
            catch (Exception e) when (e is InsufficientMemoryException or UnauthorizedAccessException)
            {
                Console.WriteLine($"{e.GetType().Name} {e.Message}");
            }
        }
    }

    /// <summary>
    /// Waits for a line, then makes or attaches to <c>PREFIX0</c>, <c>PREFIX1</c> and so on as fast as it can; says for each 1 if it made it and 0
    /// if not. Every one that is there adds 1 to the last element.
    /// </summary>
    private static void Race(string[] args)
    {
        char[] made = new char[int.Parse(args[1], null)];
        SharedMemory.Exists(args[0]);
        Console.WriteLine("ready");
        Console.ReadLine();
        for (int i = 0; i < made.Length; i++)
        {
            using var array = SharedArray<long>.CreateOrAttach($"{args[0]}{i}", [3, 2]);
            Interlocked.Increment(ref array.GetReference(2, 1));
            made[i] = array.WasCreated ? '1' : '0';
        }

        Console.WriteLine(new string(made));
        Console.ReadLine();
    }
}
