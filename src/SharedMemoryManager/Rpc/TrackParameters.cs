namespace Multiprocessing;

/// <summary>The parameters of track.</summary>
internal sealed record TrackParameters(TrackBatch Batch);
