using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Multiprocessing.Examples;

/// <summary>A process that takes blocks with a line each from the ring, counts, and returns them.</summary>
internal static class LineWorker
{
    internal const int BlockSize = 4096;

    private const int End = -1;

    internal static Process Start(string pool, string ring)
    {
        string self = Environment.ProcessPath!;
        string[] arguments = ["--worker", pool, ring];
        var start = Path.GetFileNameWithoutExtension(self) == "dotnet"
            ? new ProcessStartInfo(self, [typeof(LineWorker).Assembly.Location, .. arguments])
            : new ProcessStartInfo(self, arguments);
        start.RedirectStandardOutput = true;
        return Process.Start(start)!;
    }

    /// <summary>A block is the length of its text and the text, cut where the block ends.</summary>
    internal static void Write(Span<byte> block, string line)
    {
        Encoding.UTF8.TryGetBytes(line.AsSpan(0, Math.Min(line.Length, (BlockSize / 3) - sizeof(int))), block[sizeof(int)..], out int length);
        BinaryPrimitives.WriteInt32LittleEndian(block, length);
    }

    internal static void WriteEnd(Span<byte> block) => BinaryPrimitives.WriteInt32LittleEndian(block, End);

    /// <summary>Works to the end, and returns how many lines and letters there were.</summary>
    internal static string Run(string poolName, string ringName)
    {
        using var pool = SharedMemoryPool.Attach(poolName);
        using var ring = SharedRing<PoolBlock>.Attach(ringName);
        long lines = 0;
        long letters = 0;
        while (pool.TryReceive(ring, out PoolBlock block, Timeout.InfiniteTimeSpan))
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(pool[block]);
            if (length == End)
            {
                pool.Return(block);
                break;
            }

            lines++;
            letters += Encoding.UTF8.GetString(pool[block].Slice(sizeof(int), length)).Count(char.IsLetter);
            pool.Return(block);
        }

        return $"{lines} {letters}";
    }
}
