using BenchmarkDotNet.Attributes;

namespace Multiprocessing.Bench;

/// <summary>The locks and signals between processes, when nobody else wants them.</summary>
public class LockBenchmarks
{
    private SharedMutex? _mutex;
    private SharedMutex? _recursive;
    private SharedReaderWriterLock? _readerWriterLock;
    private SharedSemaphore? _owned;
    private SharedSemaphore? _counting;
    private SharedEvent? _manual;
    private SharedEvent? _auto;
    private SharedCondition? _condition;
    private SharedBarrier? _barrier;

    [GlobalSetup]
    public void Setup()
    {
        _mutex = SharedMutex.Create();
        _recursive = SharedMutex.Create(recursive: true);
        _readerWriterLock = SharedReaderWriterLock.Create();
        _owned = SharedSemaphore.Create(4);
        _counting = SharedSemaphore.CreateCounting(0);
        _manual = SharedEvent.Create(initiallySet: true);
        _auto = SharedEvent.Create(autoReset: true);
        _condition = SharedCondition.Create();
        _barrier = SharedBarrier.Create(1);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        SharedPrimitive[] all = [_mutex!, _recursive!, _readerWriterLock!, _owned!, _counting!, _manual!, _auto!, _condition!, _barrier!];
        foreach (SharedPrimitive primitive in all)
        {
            primitive.Unlink();
            primitive.Dispose();
        }
    }

    [Benchmark]
    public void MutexEnterExit()
    {
        using SharedMutex.Scope scope = _mutex!.Enter();
    }

    /// <summary>With a time-out that is not needed.</summary>
    [Benchmark]
    public void MutexTryEnterExit()
    {
        if (_mutex!.TryEnter(TimeSpan.FromSeconds(1)))
        {
            _mutex.Exit();
        }
    }

    [Benchmark]
    public void RecursiveMutexEnterTwice()
    {
        using SharedMutex.Scope outer = _recursive!.Enter();
        using SharedMutex.Scope inner = _recursive.Enter();
    }

    [Benchmark]
    public void ReadEnterExit()
    {
        using SharedReaderWriterLock.ReadScope scope = _readerWriterLock!.EnterRead();
    }

    [Benchmark]
    public void WriteEnterExit()
    {
        using SharedReaderWriterLock.WriteScope scope = _readerWriterLock!.EnterWrite();
    }

    [Benchmark]
    public void OwnedSemaphoreEnterRelease()
    {
        using SharedSemaphore.Scope scope = _owned!.Enter();
    }

    [Benchmark]
    public void CountingSemaphoreReleaseEnter()
    {
        _counting!.Release();
        _counting.TryEnter();
    }

    /// <summary>Through a gate that is open.</summary>
    [Benchmark]
    public void ManualEventWait() => _manual!.Wait();

    [Benchmark]
    public void AutoEventSetWait()
    {
        _auto!.Set();
        _auto.Wait();
    }

    /// <summary>Nobody waits.</summary>
    [Benchmark]
    public void ConditionNotify()
    {
        using SharedMutex.Scope scope = _condition!.Mutex.Enter();
        _condition.Notify();
    }

    /// <summary>One party, which waits for nobody.</summary>
    [Benchmark]
    public void BarrierOfOne() => _barrier!.SignalAndWait();
}
