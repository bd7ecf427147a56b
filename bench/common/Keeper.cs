namespace Multiprocessing.Bench;

/// <summary>
/// Names for what this program makes and keeps for a while: they have the prefix of a manager of its own, whose server unlinks them all when this
/// program ends, however it ends. The server watches nothing, so it is idle meanwhile.
/// </summary>
internal sealed class Keeper : IDisposable
{
    private static Keeper? _current;
    private readonly SharedMemoryManager _manager = SharedMemoryManager.Start(new() { GuardNames = false });
    private int _count;

    internal Keeper() => _current = this;

    internal static string NewName()
    {
        Keeper keeper = _current ?? throw new InvalidOperationException("Nobody keeps names.");
        return $"psm_{keeper._manager.Id}_b{Interlocked.Increment(ref keeper._count)}";
    }

    public void Dispose() => _manager.Dispose();
}
