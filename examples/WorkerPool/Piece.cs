namespace WorkerPool;

/// <summary>What a worker is given: a part of the input to pack.</summary>
/// <param name="Number">Its place in the result.</param>
/// <param name="Start">Where it begins in the input, in bytes.</param>
/// <param name="Length">How long it is.</param>
internal sealed record Piece(int Number, int Start, int Length)
{
    /// <summary>As long as pigz makes them.</summary>
    internal const int MostBytes = 128 * 1024;

    /// <summary>All parts of an input of so many bytes, in their order. An empty one has one empty part.</summary>
    internal static IEnumerable<Piece> Of(int bytes) =>
        Enumerable.Range(0, Math.Max(1, (bytes + MostBytes - 1) / MostBytes))
            .Select(number => new Piece(number, number * MostBytes, Math.Min(MostBytes, bytes - (number * MostBytes))));
}
