namespace Multiprocessing.Tests;

/// <summary>Rings, pools and blocks that are closed and unlinked at the end of a test, whatever became of it.</summary>
internal sealed class Scratch : ScratchSpace
{
    public SharedRing<T> Ring<T>(long capacity, RingMode mode, TakenMessages onDeath = TakenMessages.Redeliver)
        where T : unmanaged =>
        Keep(SharedRing<T>.Create(capacity, NewName(), new RingOptions { Mode = mode, OnConsumerDeath = onDeath }));

    public SharedRing<T> Attach<T>(SharedRing<T> ring)
        where T : unmanaged => Keep(SharedRing<T>.Attach(ring.Name));

    public SharedRing Messages(long capacity, RingMode mode, TakenMessages onDeath = TakenMessages.Redeliver) =>
        Keep(SharedRing.Create(capacity, NewName(), new RingOptions { Mode = mode, OnConsumerDeath = onDeath }));

    public SharedRing Attach(SharedRing ring) => Keep(SharedRing.Attach(ring.Name));

    public SharedMemoryPool Pool(int count, int size) => Keep(SharedMemoryPool.Create(count, size, NewName()));

    public SharedMemoryPool Attach(SharedMemoryPool pool) => Keep(SharedMemoryPool.Attach(pool.Name));

    public SharedMemory Block(long size) => Keep(SharedMemory.Create(size, NewName()));

    /// <summary>What is made in here belongs to a process that has died, as far as anybody can tell: the twin, in one process, of a SIGKILL.</summary>
    public static void Die() => ProcessLease.Abandon();

    protected override void AfterUnlink()
    {
        // This process's own lease too: it would look like a leak. The next test gets another.
        ProcessLease.Abandon();
        ProcessLease.RemoveDead();
    }
}
