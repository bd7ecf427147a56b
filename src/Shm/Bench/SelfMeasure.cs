namespace Multiprocessing.Shm;

/// <summary>What <c>shm bench</c> measures. All of it has the names of one manager, so that no death leaves any of it.</summary>
internal sealed class SelfMeasure : IDisposable
{
    private const int SmallBlock = 4096;
    private const int LargeBlock = 1 << 20;
    private const int RingCapacity = 1024;

    // Names are not guarded, as that is work of the server's beside what is measured.
    private readonly SharedMemoryManager _manager = SharedMemoryManager.Start(new() { GuardNames = false });
    private readonly SharedMemory _block;
    private readonly ShareableList _list;
    private readonly SharedMutex _mutex;
    private readonly SharedRing<long> _there;
    private readonly SharedRing<long> _back;
    private readonly EchoProcess _echo;
    private readonly string _name;
    private long _sum;

    internal SelfMeasure()
    {
        _block = _manager.CreateBlock(SmallBlock);
        _list = _manager.CreateList(1, 2, 3);
        _mutex = _manager.CreateMutex();
        _there = _manager.CreateRing<long>(RingCapacity);
        _back = _manager.CreateRing<long>(RingCapacity);
        _echo = new EchoProcess(_there, _back);
        _name = ManagerNames.Prefix(_manager.Id) + "bench";
    }

    /// <summary>All measures, in their order.</summary>
    internal IReadOnlyList<Measure> All =>
    [
        new("block-4k", "make, unlink and unmap a block of 4 KiB, its pages reserved", count => Blocks(count, SmallBlock)),
        new("block-1m", "the same with 1 MiB", count => Blocks(count, LargeBlock)),
        new("attach", "attach to a block and unmap it", Attach),
        new("list-get", "read an integer of a ShareableList", Get),
        new("list-set", "write one", Set),
        new("mutex", "enter and leave a SharedMutex that nobody else wants", Lock),
        new("ring-round-trip", "8 bytes through a ring to another process, and back through another", _echo.RoundTrips),
        new("rpc", "a call to the manager's server that does nothing", Call),
        new("manager", "start a manager, wait until its server has answered, end it", Managers),
    ];

    public void Dispose()
    {
        _echo.Dispose();
        foreach (IDisposable made in (IDisposable[])[_block, _list, _mutex, _there, _back, _manager])
        {
            made.Dispose();
        }
    }

    private void Blocks(int count, long size)
    {
        for (int i = 0; i < count; i++)
        {
            using var block = SharedMemory.Create(size, _name);
            block.Unlink();
        }
    }

    private void Attach(int count)
    {
        for (int i = 0; i < count; i++)
        {
            SharedMemory.Attach(_block.Name).Dispose();
        }
    }

    private void Get(int count)
    {
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += _list.GetInt64(1);
        }

        _sum += sum;
    }

    private void Set(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _list.SetInt64(1, i);
        }
    }

    private void Lock(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using SharedMutex.Scope scope = _mutex.Enter();
        }
    }

    private void Call(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _manager.Ping();
        }
    }

    private static void Managers(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using var manager = SharedMemoryManager.Start();
            manager.Ping();
        }
    }
}
