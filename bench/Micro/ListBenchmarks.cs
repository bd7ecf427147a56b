using BenchmarkDotNet.Attributes;

namespace Multiprocessing.Bench;

/// <summary>Items of a list of 100 that holds something of every type.</summary>
public class ListBenchmarks
{
    private const int IntIndex = 50;
    private const int StrIndex = 52;

    private ShareableList? _list;
    private long _next;

    [GlobalSetup]
    public void Setup() => _list = ShareableList.Create(
        Enumerable.Range(0, 100).Select(i => (object?)((i % 5) switch
        {
            0 => (long)i,
            1 => i / 8.0,
            2 => "item",
            3 => i % 2 == 0,
            _ => null,
        })));

    [GlobalCleanup]
    public void Cleanup()
    {
        _list!.Dispose();
        _list.Unlink();
    }

    [Benchmark]
    public long GetInt64() => _list!.GetInt64(IntIndex);

    [Benchmark]
    public object? GetObject() => _list![IntIndex];

    [Benchmark]
    public string GetString() => _list!.GetString(StrIndex);

    [Benchmark]
    public void SetInt64() => _list!.SetInt64(IntIndex, ++_next);

    [Benchmark]
    public void SetString() => _list!.SetString(StrIndex, "thing");
}
