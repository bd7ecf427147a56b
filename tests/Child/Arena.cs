namespace Multiprocessing.Tests;

/// <summary>
/// All primitives in one block, and threads that use each of them in a loop and check what it protects: two numbers that differ only while somebody is
/// inside. In the test's own process they must never stop; in the children they are killed.
/// </summary>
internal sealed class Arena : IDisposable
{
    internal const int Size = 8192;
    internal const int Loops = 5;

    // What each loop protects: two numbers, on lines of their own.
    private const int Pairs = 4096;
    private const int Abandonments = 5120;
    private const int Items = 5632;

    private readonly SharedMemory _block;
    private readonly SharedMutex _mutex;
    private readonly SharedReaderWriterLock _rw;
    private readonly SharedSemaphore _semaphore;
    private readonly SharedCondition _condition;
    private readonly long[] _progress = new long[Loops];
    private readonly List<Thread> _threads = [];
    private volatile bool _stop;
    private volatile string? _error;

    private Arena(SharedMemory block, bool create)
    {
        _block = block;
        _mutex = create ? SharedMutex.Create(block, 0) : SharedMutex.Attach(block, 0);
        _rw = create ? SharedReaderWriterLock.Create(block, 128, readers: 8) : SharedReaderWriterLock.Attach(block, 128);
        _semaphore = create ? SharedSemaphore.Create(block, 768, 2) : SharedSemaphore.Attach(block, 768);
        _condition = create ? SharedCondition.Create(block, 1024, capacity: 32) : SharedCondition.Attach(block, 1024);
    }

    internal string Name => _block.Name;

    /// <summary>What a loop found that must not be; null if nothing.</summary>
    internal string? Error => _error;

    /// <summary>How often somebody of any process was the next one in after a death.</summary>
    internal long Abandoned => _block.GetReference<long>(Abandonments);

    internal static Arena Create() => new(SharedMemory.Create(Size), create: true);

    internal static Arena Attach(string name) => new(SharedMemory.Attach(name), create: false);

    internal long[] Progress() => [.. Enumerable.Range(0, Loops).Select(i => Volatile.Read(ref _progress[i]))];

    internal void Start()
    {
        Run(0, WithMutex);
        Run(1, Write);
        Run(2, Read);
        Run(3, WithPermit);
        Run(4, Exchange);
    }

    internal void Stop()
    {
        _stop = true;
        _threads.ForEach(thread => thread.Join());
    }

    internal void Unlink() => _block.Unlink();

    public void Dispose()
    {
        _mutex.Dispose();
        _rw.Dispose();
        _semaphore.Dispose();
        _condition.Dispose();
        _block.Dispose();
    }

    private void Run(int loop, Action<int, Random> step)
    {
        var thread = new Thread(() =>
        {
            var random = new Random();
            try
            {
                while (!_stop)
                {
                    step(loop, random);
                    Volatile.Write(ref _progress[loop], _progress[loop] + 1);
                }
            }
            catch (Exception e)
            {
                _error = $"loop {loop}: {e}";
            }
        })
        { IsBackground = true };
        thread.Start();
        _threads.Add(thread);
    }

    private void WithMutex(int loop, Random random)
    {
        using SharedMutex.Scope scope = _mutex.Enter();
        Change(loop, scope.Abandoned, random);
    }

    private void Write(int loop, Random random)
    {
        using SharedReaderWriterLock.WriteScope scope = _rw.EnterWrite();
        Change(loop, scope.Abandoned, random);
    }

    private void Read(int loop, Random random)
    {
        using SharedReaderWriterLock.ReadScope scope = _rw.EnterRead();
        ref long first = ref First(1);
        long seen = first;
        Pause(random);
        if ((Second(1) != seen || first != seen) && !scope.Abandoned)
        {
            throw new InvalidOperationException($"read {seen}, {first} and {Second(1)} while nobody could write");
        }
    }

    private void WithPermit(int loop, Random random)
    {
        using SharedSemaphore.Scope scope = _semaphore.Enter();
        if (_semaphore.CurrentCount > 1)
        {
            throw new InvalidOperationException("two permits are free while one is held");
        }

        Pause(random);
    }

    /// <summary>Puts an item, and takes one if it comes within a moment.</summary>
    private void Exchange(int loop, Random random)
    {
        using SharedMutex.Scope scope = _condition.Mutex.Enter();
        Change(loop, scope.Abandoned, random);
        ref long items = ref _block.GetReference<long>(Items);
        if (items < 10 && random.Next(2) == 0)
        {
            items++;
            _condition.Notify();
        }
        else if (_condition.Wait(TimeSpan.FromMilliseconds(random.Next(3))) && items > 0)
        {
            items--;
        }

        // A wait that came back is an entry like any other: somebody may have died in the mutex meanwhile.
        if (First(loop) != Second(loop))
        {
            Change(loop, _condition.Mutex.Abandoned, random);
        }
    }

    private void Change(int loop, bool abandoned, Random random)
    {
        ref long first = ref First(loop);
        ref long second = ref Second(loop);
        if (abandoned)
        {
            Interlocked.Increment(ref _block.GetReference<long>(Abandonments));
        }
        else if (first != second)
        {
            throw new InvalidOperationException($"{first} and {second} differ, and nobody is said to have died");
        }

        first++;
        Pause(random);
        second = first;
    }

    private static void Pause(Random random) => Thread.SpinWait(random.Next(300));

    private ref long First(int loop) => ref _block.GetReference<long>(Pairs + (loop * 128));

    private ref long Second(int loop) => ref _block.GetReference<long>(Pairs + (loop * 128) + 64);
}
