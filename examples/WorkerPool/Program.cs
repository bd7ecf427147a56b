// Packs a file with several processes, as pigz does, and kills some of them meanwhile: dotnet run --project examples/WorkerPool -- [FILE] [WORKERS] [KILLS] [OUT]
//
// What multiprocessing.Pool.map is in Python: the pieces of the file go through a joinable queue to worker processes, which read them in place from one shared
// block, and what they make of them comes back in blocks of a pool, through a ring. A worker that dies is replaced, its pieces come again to
// the others, its blocks to the pool, and what was packed twice is taken once. The result is unpacked and compared.
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Multiprocessing;
using WorkerPool;

SharedMemoryManager.RunIfServer(args);
if (args is [Worker.Argument, string inputName, string piecesName, string poolName, string packedName])
{
    return Worker.Run(inputName, piecesName, poolName, packedName);
}

int workers = Environment.ProcessorCount;
int kills = 0;
if (args.Length > 4
    || args.Any(argument => argument.Length == 0 || argument[0] == '-')
    || (args.Length > 1 && !IsNumber(args[1], 1, 64, out workers))
    || (args.Length > 2 && !IsNumber(args[2], 0, 1000, out kills)))
{
    Console.Error.WriteLine("usage: WorkerPool [FILE] [WORKERS] [KILLS] [OUT]");
    Console.Error.WriteLine("  FILE     what to pack; without it, the largest library of .NET");
    Console.Error.WriteLine("  WORKERS  how many processes pack, 1 to 64; without it, one for each processor");
    Console.Error.WriteLine("  KILLS    how many of them to kill, at random, 0 to 1000; without it, none");
    Console.Error.WriteLine("  OUT      where to write the result, a file for gunzip; without it, nowhere");
    return 2;
}

try
{
    return Pack(args.Length > 0 ? args[0] : typeof(object).Assembly.Location, workers, kills, args.ElementAtOrDefault(3));
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or SharedMemoryManagerException)
{
    Console.Error.WriteLine($"WorkerPool: {e.Message}");
    return 1;
}

static int Pack(string file, int workers, int kills, string? result)
{
    byte[] bytes = File.ReadAllBytes(file);
    string prefix;
    using (var manager = SharedMemoryManager.Start())
    {
        prefix = $"psm_{manager.Id}_";
        using SharedMemory input = manager.CreateBlock(Math.Max(1, bytes.Length));
        bytes.CopyTo(input.Span);
        using SharedQueue<Piece> queue = manager.CreateQueue<Piece>(new() { Joinable = true, MaxSize = 4 * workers });
        using SharedMemoryPool pool = manager.CreatePool(blockCount: 4 * workers, blockSize: PackedPiece.BlockSize);
        using SharedRing<PoolBlock> packed = manager.CreateRing<PoolBlock>(512);

        // A block that was let go by a worker that died before its value was in the ring is nobody's but ours to free.
        var group = new Workers(manager, workers, kills, () => pool.ReclaimPassed(packed), Worker.Argument, input.Name, queue.Name, pool.Name, packed.Name);
        Piece[] pieces = [.. Piece.Of(bytes.Length)];
        var feeding = new Thread(() => Feed(queue, pieces));
        feeding.Start();
        using var over = new ManualResetEventSlim();
        var killing = new Thread(() => Kill(group, kills, over));
        killing.Start();

        var members = new byte[pieces.Length][];
        int twice = 0;
        for (int left = pieces.Length; left > 0 && group.Failure is null;)
        {
            if (pool.TryReceive(packed, out PoolBlock block, TimeSpan.FromSeconds(1)))
            {
                (int number, byte[] member) = PackedPiece.Read(pool[block]);
                pool.Return(block);
                left -= members[number] is null ? 1 : 0;
                twice += members[number] is null ? 0 : 1;
                members[number] ??= member;
            }
        }

        over.Set();
        killing.Join();
        if (group.Failure is string failure)
        {
            // Who puts waits for workers that do not come.
            queue.Complete();
            feeding.Join();
            throw new IOException(failure);
        }

        feeding.Join();
        queue.Join();
        queue.Complete();
        group.Join();

        byte[] whole = [.. members.SelectMany(member => member)];
        if (result is not null)
        {
            File.WriteAllBytes(result, whole);
        }

        bool same = Hash(bytes) == Hash(Unpack(whole));
        Console.WriteLine(Invariant($"bytes     {bytes.Length}"));
        Console.WriteLine(Invariant($"pieces    {pieces.Length}"));
        Console.WriteLine(Invariant($"workers   {workers}, {group.Deaths} killed and replaced"));
        Console.WriteLine(Invariant($"again     {queue.RedeliveredCount} pieces of the dead, {twice} were packed twice and taken once"));
        Console.WriteLine(Invariant($"packed    {whole.Length} bytes"));
        Console.WriteLine(Invariant($"pool      {pool.FreeCount} of {pool.MaxCount} blocks are back"));
        Console.WriteLine(same ? "the result unpacks to the same" : "THE RESULT DOES NOT UNPACK TO THE SAME");
        if (!same)
        {
            return 1;
        }
    }

    int leftOver = OperatingSystem.IsLinux() ? SharedMemory.List().Count(block => block.Name.StartsWith(prefix, StringComparison.Ordinal)) : 0;
    Console.WriteLine(Invariant($"left in shared memory: {leftOver}"));
    return leftOver == 0 ? 0 : 1;
}

static void Feed(SharedQueue<Piece> queue, Piece[] pieces)
{
    try
    {
        Array.ForEach(pieces, piece => queue.Put(piece));
    }
    catch (InvalidOperationException) when (queue.IsCompleted)
    {
        // Given up: see there.
    }
}

// At random moments, some of which meet a worker that has hardly begun, and others one in the midst of it.
static void Kill(Workers group, int kills, ManualResetEventSlim over)
{
    var random = new Random();
    while (kills > 0 && !over.Wait(random.Next(150)))
    {
        kills -= group.KillOne(random) ? 1 : 0;
    }
}

static byte[] Unpack(byte[] packed)
{
    using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
    using var bytes = new MemoryStream();
    gzip.CopyTo(bytes);
    return bytes.ToArray();
}

static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

static bool IsNumber(string text, int least, int most, out int number) =>
    int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;

static string Invariant(FormattableString text) => FormattableString.Invariant(text);
