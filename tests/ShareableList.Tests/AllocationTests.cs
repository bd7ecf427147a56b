namespace Multiprocessing.Tests;

/// <summary>Typed access puts nothing on the heap.</summary>
public sealed class AllocationTests
{
    private static object? _sink;

    [Fact]
    public void Typed_access_does_not_allocate()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(1L, 1.5, true, "héllo", new byte[] { 1, 0 }, null, new string('x', 500));
        string longText = new('é', 200);
        (string What, Action<int> Use)[] uses =
        [
            ("GetInt64", _ => list.GetInt64(0)),
            ("Get<int>", _ => list.Get<int>(-7)),
            ("Get<long>", _ => list.Get<long>(0)),
            ("Get<byte>", _ => list.Get<byte>(0)),
            ("Get<int?>", _ => list.Get<int?>(5)),
            ("GetDouble", _ => list.GetDouble(1)),
            ("Get<float>", _ => list.Get<float>(1)),
            ("GetBoolean", _ => list.GetBoolean(2)),
            ("GetUtf8", _ => list.GetUtf8(3)),
            ("GetUtf8 of a long one", _ => list.GetUtf8(6)),
            ("GetBytesSpan", _ => list.GetBytesSpan(4)),
            ("IsNull", _ => list.IsNull(5)),
            ("bool and null as objects", _ => _sink = list[2] ?? list[5]),
            ("SetInt64", i => list.SetInt64(0, 1)),
            ("Set<int>", i => list.Set(0, 1)),
            ("Set<double>", i => list.Set(1, 2.5)),
            ("SetDouble", i => list.SetDouble(1, i)),
            ("SetBoolean", i => list.SetBoolean(2, (i & 1) == 0)),
            ("SetString", i => list.SetString(3, "wörld")),
            ("SetString exact", i => list.SetString(3, "w\0")),
            ("SetString long", i => list.SetString(6, longText)),
            ("SetBytes", i => list.SetBytes(4, [1, 2])),
            ("SetNull", i => list.SetNull(5)),
            ("indexer = string", i => list[3] = "x"),
            ("type changes", i =>
            {
                list.SetString(0, "x");
                list.SetInt64(0, 1);
            }),
            ("walk", _ =>
            {
                for (int i = 0; i < list.Count; i++)
                {
                    list.IsNull(i);
                }
            }),
        ];

        Assert.All(uses, use => Assert.Equal((use.What, 0L), (use.What, Allocations.By(use.Use))));
    }

    [Fact]
    public void A_string_costs_the_string_and_bytes_cost_the_array()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("hello", (byte[])[.. Enumerable.Range(1, 16).Select(static i => (byte)i)]);

        Assert.Equal(Allocations.By(static _ => _sink = new string('x', 5)), Allocations.By(_ => _sink = list.GetString(0)));
        Assert.Equal(Allocations.By(static _ => _sink = new byte[16]), Allocations.By(_ => _sink = list.GetBytes(1)));
    }
}
