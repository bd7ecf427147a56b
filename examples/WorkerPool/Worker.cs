using Multiprocessing;

namespace WorkerPool;

/// <summary>What runs in a worker process: it packs pieces until there are none.</summary>
internal static class Worker
{
    /// <summary>What makes this program a worker.</summary>
    internal const string Argument = "--worker";

    internal static int Run(string inputName, string piecesName, string poolName, string packedName)
    {
        // The parent holds the other end of this input: when it is gone, nobody wants what is made here.
        new Thread(() =>
        {
            Console.OpenStandardInput().ReadByte();
            Environment.Exit(3);
        })
        { IsBackground = true }.Start();

        using SharedMemory input = SharedMemory.Attach(inputName, readOnly: true);
        using SharedQueue<Piece> pieces = SharedQueue<Piece>.Attach(piecesName);
        using SharedMemoryPool pool = SharedMemoryPool.Attach(poolName);
        using SharedRing<PoolBlock> packed = SharedRing<PoolBlock>.Attach(packedName);
        while (pieces.TryGet(out Piece? piece, Timeout.InfiniteTimeSpan))
        {
            pool.TryRent(out PoolBlock block, Timeout.InfiniteTimeSpan);
            PackedPiece.Write(pool[block], piece.Number, input.AsReadOnlySpan<byte>(piece.Start, piece.Length));
            pool.TrySend(packed, block, Timeout.InfiniteTimeSpan);

            // Only now: a death up to here gives the piece to another worker. Between these two lines it is packed twice, and the second is not needed.
            pieces.TaskDone();
        }

        return 0;
    }
}
