using System.Diagnostics;
using System.Numerics.Tensors;

namespace Multiprocessing.Bench;

/// <summary>Arrays, beside numpy and, where it is installed, its extension SharedArray.</summary>
internal static class Arrays
{
    private const int Big = 8 << 20;
    private const int Listed = 101;
    private const string Extension = "SharedArray";
    private const string NumpyName = "numpy";
    private const string Ask = """
        import numpy
        from importlib import metadata
        try:
            import SharedArray
            print(numpy.__version__, next((found.version for found in metadata.distributions() if found.metadata["Name"] == "SharedArray"), "of unknown version"))
        except ImportError:
            print(numpy.__version__)
        """;

    internal static IEnumerable<Row> All(Contest contest, IReadOnlyList<Python> pythons, bool installs)
    {
        (Python Python, string Numpy, string? Extension)? found = Find(pythons);
        if (installs && found is (Python with, _, null))
        {
            Installation.InstallExtension(with);
            found = Find(pythons);
        }

        using Peer peer = PythonPeer.TryStart(found is null ? [] : [found.Value.Python], "array_peer.py");
        string numpy = $"{NumpyName} {found?.Numpy}".Trim();
        return
        [
            .. Small(contest, peer, found?.Extension is { } version ? $"{Extension} {version}" : null),
            .. FirstTouch(contest, peer, numpy),
            .. Warm(contest, peer, numpy),
        ];
    }

    private static IEnumerable<Row> Small(Contest contest, Peer peer, string? extension)
    {
        string who = extension ?? Extension;
        Func<double> Theirs(string what) => extension is null ? Contest.Missing : peer.Measuring(what);

        // Without a manager's prefix, whose names have a hidden second one that their removal looks for.
        string one = $"bench_array_{Environment.ProcessId}_one";
        var names = new List<string>();
        try
        {
            Series[] create = contest.Run(Contest.PerCall(20, n => CreateAndDelete(one, n)), Theirs("create-delete"));
            for (int i = 0; i < Listed; i++)
            {
                using SharedArray<double> array = SharedArray<double>.Create(Keeper.NewName(), [10]);
                names.Add(array.Name);
            }

            Series[] attach = contest.Run(Contest.PerCall(50, n => Attach(names[0], n)), Theirs("attach"));
            Series[] list = contest.Run(Contest.PerCall(5, List), Contest.PerCall(5, ListAnew), Theirs("list"));
            const string Note = "Ten doubles, never touched, so that the footer is the only page. One process makes and removes; nothing else uses the folder.";
            return
            [
                new Row("array of 80 B: create + close + delete", create[0], who, create[1], Goal.Faster(1.5), Note + " Pages are reserved here and not there."),
                new Row("array of 80 B: attach + close", attach[0], who, attach[1], Goal.Faster(1.5), Note + " Type, shape and size are checked here and not there."),
                new Row($"list of {Listed} arrays, again", list[0], who, list[2], Goal.Faster(3),
                    "Arrays that were in the last list of this process, and are the same files, are not opened again."),
                new Row($"list of {Listed} arrays, for the first time", list[1], who, list[2], null, "Every array is opened. For information."),
            ];
        }
        finally
        {
            names.ForEach(static name => SharedMemory.TryUnlink(name));
            SharedMemory.TryUnlink(one);
        }
    }

    private static IEnumerable<Row> FirstTouch(Contest contest, Peer peer, string who)
    {
        Series[] results = contest.Run(
            () => FirstFill(timedFromCreation: false),
            peer.Measuring("first-fill"),
            () => FirstFill(timedFromCreation: true),
            peer.Measuring("create-fill"));
        return
        [
            new Row("64 MiB of doubles: first fill of a new array", results[0], who, results[1], Goal.Faster(3),
                "Without the creation, in which the pages are reserved here and not there. Fill maps them first, on all processors. The best of three."),
            new Row("64 MiB of doubles: create + first fill", results[2], who, results[3], null,
                "With the creation: the kernel clears each page of 4 KiB, here and there. For information."),
        ];
    }

    private static IEnumerable<Row> Warm(Contest contest, Peer peer, string who)
    {
        using SharedArray<double> array = SharedArray<double>.Create(Keeper.NewName(), [Big]);
        try
        {
            double[] source = new double[Big];
            Array.Fill(source, 1);
            array.Fill(1);
            Series[] fill = contest.Run(Contest.PerCall(1, _ => array.Fill(2)), peer.Measuring("fill"));
            Series[] copy = contest.Run(Contest.PerCall(1, _ => array.CopyFrom(source)), peer.Measuring("copy"));
            Series[] sum = contest.Run(Contest.PerCall(1, _ => TensorPrimitives.Sum(array.AsReadOnlySpan())), peer.Measuring("sum"));
            const string Note = "All pages are mapped, on one thread; far past every cache, so it is the memory that is measured.";
            return
            [
                new Row("64 MiB of doubles: fill", fill[0], who, fill[1], Goal.Faster(1), Note),
                new Row("64 MiB of doubles: copy in", copy[0], who, copy[1], Goal.Faster(1), Note),
                new Row("64 MiB of doubles: sum", sum[0], who, sum[1], Goal.Faster(1), Note),
            ];
        }
        finally
        {
            array.Unlink();
        }
    }

    /// <summary>The first that has numpy and the extension, or else the first that has numpy.</summary>
    private static (Python Python, string Numpy, string? Extension)? Find(IReadOnlyList<Python> pythons)
    {
        var found = new List<(Python, string, string? Extension)>();
        foreach (Python python in pythons)
        {
            try
            {
                ProcessStartInfo start = PythonPeer.StartInfo(python, "-c", Ask);
                start.RedirectStandardError = true;
                string[] words = Programs.Output(start).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                found.Add((python, words[0], words.ElementAtOrDefault(1)));
            }
            catch (InvalidOperationException)
            {
                // This one has no numpy.
            }
        }

        return found.Count == 0 ? null : found.OrderBy(one => one.Extension is null).First();
    }

    private static void CreateAndDelete(string name, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            SharedArray<double>.Create(name, [10]).Dispose();
            SharedArray.Delete(name);
        }
    }

    private static void Attach(string name, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            SharedArray<double>.Attach(name).Dispose();
        }
    }

    private static void List(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            ThrowUnless(SharedArray.List().Count >= Listed);
        }
    }

    private static void ListAnew(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            ArrayListing.Forget();
            ThrowUnless(SharedArray.List().Count >= Listed);
        }
    }

    private static void ThrowUnless(bool isComplete)
    {
        if (!isComplete)
        {
            throw new InvalidOperationException("the list lacks arrays.");
        }
    }

    private static double FirstFill(bool timedFromCreation)
    {
        double best = double.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using SharedArray<double> array = SharedArray<double>.Create(Keeper.NewName(), [Big]);
            try
            {
                start = timedFromCreation ? start : Stopwatch.GetTimestamp();
                array.Fill(1);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
            }
            finally
            {
                array.Unlink();
            }
        }

        return best;
    }
}
