namespace Multiprocessing.Bench;

/// <summary>What is measured between two processes.</summary>
internal enum RingKind
{
    Lamport,
    Spsc,
    SpscBatch,
    Mpsc,
    Mpmc,
    MpmcBatch,
}
