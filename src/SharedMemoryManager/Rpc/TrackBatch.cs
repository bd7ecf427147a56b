namespace Multiprocessing;

/// <summary>What changed since the last batch.</summary>
/// <param name="Created">Blocks that exist now.</param>
/// <param name="Released">Names that are unlinked again.</param>
internal sealed record TrackBatch(TrackedBlock[] Created, string[] Released);
