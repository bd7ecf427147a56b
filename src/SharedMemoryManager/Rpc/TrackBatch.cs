namespace Multiprocessing;

/// <summary>What changed since the last batch.</summary>
/// <param name="Created">Blocks that exist now; none if missing.</param>
/// <param name="Released">Names that are unlinked again; none if missing.</param>
internal sealed record TrackBatch(TrackedBlock[]? Created = null, string[]? Released = null)
{
    public TrackedBlock[] Created { get; } = Created ?? [];

    public string[] Released { get; } = Released ?? [];
}
