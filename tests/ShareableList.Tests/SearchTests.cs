using System.Numerics;

namespace Multiprocessing.Tests;

public sealed class SearchTests
{
    private static readonly object?[] Items =
    [
        1L, true, 1.0, 0L, false, -0.0, null, "1", "1"u8.ToArray(), 1.5, double.NaN, double.PositiveInfinity,
        9007199254740993L, 9007199254740992.0, long.MaxValue, 9223372036854775808.0, 1180591620717411303424.0, "", Array.Empty<byte>(),
        "é\0", long.MinValue, -9223372036854775808.0,
    ];

    public static TheoryData<object?, int, int> Wanted => new()
    {
        { 1, 3, 0 },
        { 1L, 3, 0 },
        { (byte)1, 3, 0 },
        { true, 3, 0 },
        { 1f, 3, 0 },
        { 0.0, 3, 3 },
        { false, 3, 3 },
        { null, 1, 6 },
        { "1", 1, 7 },
        { new byte[] { (byte)'1' }, 1, 8 },
        { new ReadOnlyMemory<byte>([(byte)'1']), 1, 8 },
        { 1.5f, 1, 9 },
        { double.NaN, 0, -1 },
        { double.PositiveInfinity, 1, 11 },
        { 9007199254740993L, 1, 12 },
        { 9007199254740992L, 1, 13 },
        { long.MaxValue, 1, 14 },
        { 9223372036854775808UL, 1, 15 },
        { 9223372036854775809UL, 0, -1 },
        { BigInteger.Pow(2, 70), 1, 16 },
        { (UInt128)1 << 70, 1, 16 },
        { BigInteger.Pow(10, 400), 0, -1 },
        { "", 1, 17 },
        { Array.Empty<byte>(), 1, 18 },
        { "é\0", 1, 19 },
        { "é", 0, -1 },
        { long.MinValue, 2, 20 },
        { DateTime.UnixEpoch, 0, -1 },
        { 1m, 0, -1 },
    };

    [Theory, MemberData(nameof(Wanted))]
    public void Values_are_compared_as_Python_compares(object? value, int count, int index)
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(Items);

        Assert.Equal(count, list.CountOf(value));
        Assert.Equal(index, list.IndexOf(value));
        Assert.Equal(index >= 0, list.Contains(value));
    }

    [Fact]
    public void A_text_that_no_list_can_hold_is_in_none()
    {
        using var scratch = new Scratch();

        Assert.Equal(-1, scratch.List("\uFFFD", "").IndexOf("\ud800"));
    }

    [Theory, ClassData(typeof(PythonVersions))]
    public void Python_counts_the_same(string version)
    {
        using var scratch = new Scratch();
        using var python = new PythonPeer(Python.Get(version));
        object?[] items = [.. Items.Where(static item => item is not "é\0")];
        ShareableList list = scratch.List(items);

        foreach (object? value in items.Append(7L).Append("no"))
        {
            int count = (int)python.Ask("count", list.Name, PythonPeer.Encode(value))!;
            Assert.Equal((value, count), (value, list.CountOf(value)));
            int index = count == 0 ? -1 : (int)python.Ask("index", list.Name, PythonPeer.Encode(value))!;
            Assert.Equal((value, index), (value, list.IndexOf(value)));
        }
    }
}
