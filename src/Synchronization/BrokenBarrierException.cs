namespace Multiprocessing;

/// <summary>
/// A barrier that can no longer be passed: one of its parties died or somebody broke it. It stays so, for all, until <see cref="SharedBarrier.Reset"/>.
/// </summary>
public sealed class BrokenBarrierException : SynchronizationLockException
{
    internal BrokenBarrierException(string message)
        : base(message)
    {
    }
}
