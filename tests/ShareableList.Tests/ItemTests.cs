using System.Numerics;

namespace Multiprocessing.Tests;

public sealed class ItemTests
{
    [Fact]
    public void Negative_indexes_count_from_the_end()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(10, "abcdefg", 30);

        list[-3] = 11;
        list[^1] = 33;

        Assert.Equal([11L, "abcdefg", 33L], list);
        Assert.Equal("abcdefg", list[-2]);
        Assert.Equal("abcdefg", list[^2]);
        Assert.Equal(33L, list.GetInt64(-1));
    }

    [Theory]
    [InlineData(-4)]
    [InlineData(3)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void An_index_outside_the_list_is_refused_everywhere(int index)
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(10, "abcdefg", 30);
        string before = Scratch.Hex(list);
        Action[] uses =
        [
            () => _ = list[index],
            () => list[index] = 1,
            () => list[index] = "x",
            () => list[index] = new object(),
            () => list.Get<int>(index),
            () => list.Set(index, 1.5),
            () => list.GetInt64(index),
            () => list.GetDouble(index),
            () => list.GetBoolean(index),
            () => list.GetString(index),
            () => list.GetBytes(index),
            () => list.GetUtf8(index),
            () => list.GetBytesSpan(index),
            () => list.IsNull(index),
            () => list.SetNull(index),
            () => list.SetInt64(index, 1),
            () => list.SetDouble(index, 1),
            () => list.SetBoolean(index, true),
            () => list.SetString(index, "x"),
            () => list.SetBytes(index, [1]),
        ];

        Assert.All(uses, use => Assert.Equal("index", Assert.Throws<ArgumentOutOfRangeException>(use).ParamName));
        Assert.Equal(before, Scratch.Hex(list));
    }

    [Fact]
    public void An_empty_list_has_no_items()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.Attach(scratch.List().Name);

        Assert.Empty(list);
        Assert.Equal("", list.Format);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[-1]);
    }

    [Fact]
    public void An_item_may_change_its_type_and_another_handle_sees_it()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("0123456789");
        ShareableList other = scratch.Attach(list.Name);

        foreach (object? value in new object?[] { 5L, 0.5, true, false, null, "é", new byte[] { 9 }, "", 7L, "0123456789abcdef" })
        {
            list[0] = value;
            Assert.Equal(value, other[0]);
        }
    }

    [Theory]
    [InlineData("123456789")]
    [InlineData("éééé\u20ac")]
    public void A_text_that_exceeds_its_slot_is_refused_and_nothing_changed(string text)
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(1L, "1234567", 2L);
        string before = Scratch.Hex(list);

        var refused = Assert.Throws<ArgumentException>(() => list[0] = text);
        Assert.Throws<ArgumentException>(() => list[1] = text);
        Assert.Throws<ArgumentException>(() => list[1] = new string('x', 500));
        Assert.Throws<ArgumentException>(() => list.SetString(1, text));
        Assert.Throws<ArgumentException>(() => list[1] = new byte[9]);
        Assert.Throws<ArgumentException>(() => list.SetBytes(1, new byte[9]));

        Assert.Contains("exceeds the 8 bytes of its slot", refused.Message, StringComparison.Ordinal);
        Assert.Equal("value", refused.ParamName);
        Assert.Equal(before, Scratch.Hex(list));
    }

    [Fact]
    public void A_text_may_fill_its_slot()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("a", 1L, new string('a', 200));

        list[0] = "12345678";
        list[1] = "éééé";
        list[2] = new string('é', 104);

        Assert.Equal(["12345678", "éééé", new string('é', 104)], list);
        Assert.Equal("8s8s208s", list.Format);
    }

    [Fact]
    public void A_long_text_over_another_keeps_its_format()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(new string('a', 1000), 1L);

        list[0] = new string('é', 300);
        Assert.Equal(new string('é', 300), list[0]);
        list[0] = 5;
        list[0] = new string('b', 999);

        Assert.Equal([new string('b', 999), 1L], list);
        Assert.Equal("1008sq", list.Format);
    }

    [Fact]
    public void Typed_reading_returns_what_is_there()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(-5L, -0.0, true, "é", new byte[] { 1, 2 }, null);

        Assert.Equal(-5L, list.GetInt64(0));
        Assert.True(double.IsNegative(list.GetDouble(1)));
        Assert.True(list.GetBoolean(2));
        Assert.Equal("é", list.GetString(3));
        Assert.Equal([0xc3, 0xa9], list.GetUtf8(3).ToArray());
        Assert.Equal([1, 2], list.GetBytes(4));
        Assert.Equal([1, 2], list.GetBytesSpan(4).ToArray());
        Assert.True(list.IsNull(5));
        Assert.All(Enumerable.Range(0, 5), i => Assert.False(list.IsNull(i)));
    }

    [Fact]
    public void Typed_writing_changes_the_type()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(1L, 1L, 1L, 1L, 1L, 1L);

        list.SetString(0, "é");
        list.SetBytes(1, [1, 2]);
        list.SetBoolean(2, true);
        list.SetDouble(3, 1.5);
        list.SetNull(4);
        list.SetInt64(5, 6);

        Assert.Equal(["é", new byte[] { 1, 2 }, true, 1.5, null, 6L], list);
    }

    [Fact]
    public void Reading_as_the_wrong_type_names_what_is_there()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(1L, 1.5, true, "s", new byte[] { 1 }, null);
        string[] kinds = ["int", "float", "bool", "str", "bytes", "None"];
        (string Kind, Func<int, object?> Read)[] readers =
        [
            ("int", i => list.GetInt64(i)),
            ("int", i => list.Get<long>(i)),
            ("int", i => list.Get<byte>(i)),
            ("float", i => list.GetDouble(i)),
            ("float", i => list.Get<float>(i)),
            ("bool", i => list.GetBoolean(i)),
            ("str", i => list.GetString(i)),
            ("str", i => list.Get<string>(i)),
            ("str", i => list.GetUtf8(i).Length),
            ("bytes", i => list.GetBytes(i)),
            ("bytes", i => list.Get<byte[]>(i)),
            ("bytes", i => list.GetBytesSpan(i).Length),
        ];

        foreach ((string kind, Func<int, object?> read) in readers)
        {
            for (int i = 0; i < kinds.Length; i++)
            {
                if (kinds[i] != kind)
                {
                    var wrong = Assert.Throws<InvalidCastException>(() => read(i));
                    Assert.Contains($"Item {i} ", wrong.Message, StringComparison.Ordinal);
                    Assert.Contains(kinds[i], wrong.Message, StringComparison.Ordinal);
                }
            }
        }

        Assert.Throws<InvalidCastException>(() => list.Get<DateTime>(0));
        Assert.Throws<InvalidCastException>(() => list.Get<Uri>(5));
    }

    [Fact]
    public void Get_reads_every_type()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(100, 1.5, true, "s", new byte[] { 1 }, null);

        Assert.Equal((sbyte)100, list.Get<sbyte>(0));
        Assert.Equal((byte)100, list.Get<byte>(0));
        Assert.Equal((short)100, list.Get<short>(0));
        Assert.Equal((ushort)100, list.Get<ushort>(0));
        Assert.Equal(100, list.Get<int>(0));
        Assert.Equal(100u, list.Get<uint>(0));
        Assert.Equal(100L, list.Get<long>(0));
        Assert.Equal(100UL, list.Get<ulong>(0));
        Assert.Equal((nint)100, list.Get<nint>(0));
        Assert.Equal((nuint)100, list.Get<nuint>(0));
        Assert.Equal((Int128)100, list.Get<Int128>(0));
        Assert.Equal((UInt128)100, list.Get<UInt128>(0));
        Assert.Equal(new BigInteger(100), list.Get<BigInteger>(0));
        Assert.Equal(100L, list.Get<long?>(0));
        Assert.Equal(100, list.Get<int?>(0));
        Assert.Equal(1.5, list.Get<double>(1));
        Assert.Equal(1.5f, list.Get<float>(1));
        Assert.Equal((Half)1.5, list.Get<Half>(1));
        Assert.Equal(1.5, list.Get<double?>(1));
        Assert.True(list.Get<bool>(2));
        Assert.True(list.Get<bool?>(2));
        Assert.Equal("s", list.Get<string>(3));
        Assert.Equal([1], list.Get<byte[]>(4));
        Assert.Equal([1], list.Get<ReadOnlyMemory<byte>>(4).ToArray());
        Assert.Equal(list, Enumerable.Range(0, 6).Select(list.Get<object?>));
        Assert.Null(list.Get<long?>(5));
        Assert.Null(list.Get<int?>(5));
        Assert.Null(list.Get<double?>(5));
        Assert.Null(list.Get<bool?>(5));
    }

    [Fact]
    public void Set_takes_every_type()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(0L);
        void Check<T>(T value, object? read)
        {
            list.Set(0, value);
            Assert.Equal(read, list[0]);
        }

        Check((sbyte)-1, -1L);
        Check((byte)1, 1L);
        Check(2, 2L);
        Check(3u, 3L);
        Check(4L, 4L);
        Check(5UL, 5L);
        Check((Int128)6, 6L);
        Check(1.5f, 1.5);
        Check(2.5, 2.5);
        Check((Half)3.5, 3.5);
        Check(true, true);
        Check("x", "x");
        Check(new byte[] { 1 }, new byte[] { 1 });
        Check(new ReadOnlyMemory<byte>([2]), new byte[] { 2 });
        Check<long?>(7, 7L);
        Check<long?>(null, null);
        Check<object?>(null, null);
        Assert.Throws<ArgumentException>(() => list.Set(0, DateTime.Now));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.Set(0, ulong.MaxValue));
    }

    [Fact]
    public void An_int_that_does_not_fit_the_type_asked_for_overflows()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(300, -1, long.MaxValue);

        Assert.Throws<OverflowException>(() => list.Get<byte>(0));
        Assert.Throws<OverflowException>(() => list.Get<sbyte>(0));
        Assert.Throws<OverflowException>(() => list.Get<uint>(1));
        Assert.Throws<OverflowException>(() => list.Get<ulong>(1));
        Assert.Throws<OverflowException>(() => list.Get<int>(2));
        Assert.Throws<OverflowException>(() => list.Get<int?>(2));
    }

    [Fact]
    public void A_list_may_be_assigned_from_its_own_block()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(new byte[] { 1, 2, 3 }, new byte[] { 9, 9, 9, 9, 9 });

        list.SetBytes(1, list.GetBytesSpan(0));
        list.SetBytes(0, list.GetBytesSpan(0)[1..]);

        Assert.Equal([[2, 3], [1, 2, 3]], list.Cast<byte[]>());
    }
}
