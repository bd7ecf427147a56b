// The lines of a file, in blocks of a pool, through a ring, to workers that count their letters:
//   dotnet run --project examples/PoolAndRing -- [FILE] [WORKERS]
using System.Diagnostics;
using System.Globalization;
using Multiprocessing;
using Multiprocessing.Examples;

switch (args)
{
    case ["--worker", string pool, string ring]:
        Console.WriteLine(LineWorker.Run(pool, ring));
        return 0;
    case { Length: > 2 }:
        Console.Error.WriteLine("usage: PoolAndRing [FILE] [WORKERS]");
        return 2;
}

string file = args.Length > 0 ? args[0] : Path.Combine(AppContext.BaseDirectory, "PoolAndRing.deps.json");
int workers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2;

using var blocks = SharedMemoryPool.Create(blockCount: 64, blockSize: LineWorker.BlockSize);
try
{
    using var lines = SharedRing<PoolBlock>.Create(64);
    try
    {
        Process[] started = [.. Enumerable.Range(0, workers).Select(_ => LineWorker.Start(blocks.Name, lines.Name))];
        long sent = 0;
        foreach (string line in File.ReadLines(file))
        {
            // Waits for a block while all are on their way: the workers set the pace, and a killed worker's blocks come back.
            blocks.TryRent(out PoolBlock block, Timeout.InfiniteTimeSpan);
            LineWorker.Write(blocks[block], line);
            blocks.TrySend(lines, block, Timeout.InfiniteTimeSpan);
            sent++;
        }

        // One empty block for each worker says that this was all.
        foreach (Process _ in started)
        {
            blocks.TryRent(out PoolBlock end, Timeout.InfiniteTimeSpan);
            LineWorker.WriteEnd(blocks[end]);
            blocks.TrySend(lines, end, Timeout.InfiniteTimeSpan);
        }

        long[] counted = [0, 0];
        foreach (Process worker in started)
        {
            string[] words = worker.StandardOutput.ReadToEnd().Split(' ');
            worker.WaitForExit();
            counted[0] += long.Parse(words[0], CultureInfo.InvariantCulture);
            counted[1] += long.Parse(words[1], CultureInfo.InvariantCulture);
        }

        Console.WriteLine($"{sent} lines sent; {workers} workers counted {counted[0]} lines with {counted[1]} letters; {blocks.FreeCount} of {blocks.MaxCount} blocks are back");
        return counted[0] == sent ? 0 : 1;
    }
    finally
    {
        lines.Unlink();
    }
}
finally
{
    blocks.Unlink();
}
