using System.Numerics;

namespace Multiprocessing.Tests;

public sealed class CreateTests
{
    public static TheoryData<object?, object?> Accepted => new()
    {
        { null, null },
        { true, true },
        { sbyte.MinValue, -128L },
        { byte.MaxValue, 255L },
        { short.MinValue, -32768L },
        { ushort.MaxValue, 65535L },
        { int.MinValue, (long)int.MinValue },
        { uint.MaxValue, (long)uint.MaxValue },
        { long.MinValue, long.MinValue },
        { (ulong)long.MaxValue, long.MaxValue },
        { (nint)(-5), -5L },
        { (nuint)5, 5L },
        { (Int128)long.MinValue, long.MinValue },
        { (UInt128)long.MaxValue, long.MaxValue },
        { new BigInteger(long.MinValue), long.MinValue },
        { (Half)1.5, 1.5 },
        { 0.1f, (double)0.1f },
        { double.NaN, double.NaN },
        { double.NegativeInfinity, double.NegativeInfinity },
        { "text", "text" },
        { new byte[] { 1, 2 }, new byte[] { 1, 2 } },
        { new ReadOnlyMemory<byte>([1, 2, 3], 1, 2), new byte[] { 2, 3 } },
        { new Memory<byte>([1, 2, 3], 0, 2), new byte[] { 1, 2 } },
        { new ArraySegment<byte>([1, 2, 3], 2, 1), new byte[] { 3 } },
        { default(ArraySegment<byte>), Array.Empty<byte>() },
        { default(ReadOnlyMemory<byte>), Array.Empty<byte>() },
    };

    public static TheoryData<object> Integers_that_are_too_big => new()
    {
        (ulong)long.MaxValue + 1,
        nuint.MaxValue,
        (Int128)long.MaxValue + 1,
        (Int128)long.MinValue - 1,
        UInt128.MaxValue,
        BigInteger.Pow(2, 200),
    };

    public static TheoryData<object> Unsupported => new()
    {
        'c', 1m, DateTime.UnixEpoch, new object(), new int[1], new object[1], Guid.Empty, DayOfWeek.Monday,
    };

    [Theory, MemberData(nameof(Accepted))]
    public void A_value_that_a_list_holds_is_read_as_its_Python_kind(object? value, object? read)
    {
        using var scratch = new Scratch();

        ShareableList created = scratch.List(value);
        ShareableList assigned = scratch.List(0L);
        assigned[0] = value;

        Assert.Equal(read, created[0]);
        Assert.Equal(read, assigned[0]);
        Assert.Equal(Scratch.Hex(created), Scratch.Hex(assigned));
    }

    [Theory, MemberData(nameof(Integers_that_are_too_big))]
    public void An_integer_past_64_bits_is_refused(object value)
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();
        ShareableList list = scratch.List("keep");

        var creating = Assert.Throws<ArgumentOutOfRangeException>(() => ShareableList.Create(["x", value], name));
        var assigning = Assert.Throws<ArgumentOutOfRangeException>(() => list[0] = value);

        Assert.Equal("items", creating.ParamName);
        Assert.Contains("Item 1", creating.Message, StringComparison.Ordinal);
        Assert.Equal("value", assigning.ParamName);
        Assert.False(SharedMemory.Exists(name));
        Assert.Equal("keep", list[0]);
    }

    [Theory, MemberData(nameof(Unsupported))]
    public void A_type_that_no_list_holds_is_refused_by_name(object value)
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();
        ShareableList list = scratch.List("keep");
        string before = Scratch.Hex(list);

        var creating = Assert.Throws<ArgumentException>(() => ShareableList.Create([1, null, value], name));
        var assigning = Assert.Throws<ArgumentException>(() => list[0] = value);

        Assert.Contains("Item 2", creating.Message, StringComparison.Ordinal);
        Assert.Contains(value.GetType().ToString(), creating.Message, StringComparison.Ordinal);
        Assert.Contains(value.GetType().ToString(), assigning.Message, StringComparison.Ordinal);
        Assert.False(SharedMemory.Exists(name));
        Assert.Equal(before, Scratch.Hex(list));
    }

    [Theory]
    [InlineData("", 0xd800, "")]
    [InlineData("ab", 0xdc00, "c")]
    [InlineData("x", 0xd83d, "")]
    public void A_lone_surrogate_is_refused(string before, int surrogate, string after)
    {
        // An attribute cannot hold it.
        string text = before + (char)surrogate + after;
        using var scratch = new Scratch();
        string name = scratch.NewName();
        ShareableList list = scratch.List("keep", new string('k', 400));
        string bytes = Scratch.Hex(list);

        Assert.Throws<ArgumentException>(() => ShareableList.Create([text], name));
        Assert.Throws<ArgumentException>(() => list[0] = text);
        Assert.Throws<ArgumentException>(() => list[1] = text + new string('l', 200));
        Assert.Throws<ArgumentException>(() => list.SetString(0, text));

        Assert.False(SharedMemory.Exists(name));
        Assert.Equal(bytes, Scratch.Hex(list));
    }

    [Fact]
    public void The_longest_item_has_9999991_bytes()
    {
        using var scratch = new Scratch();
        byte[] longest = new byte[9_999_991];
        longest.AsSpan().Fill(7);
        string name = scratch.NewName();

        ShareableList list = scratch.List(longest, new string('a', 9_999_991));
        var bytes = Assert.Throws<ArgumentException>(() => ShareableList.Create([new byte[9_999_992]], name));
        Assert.Throws<ArgumentException>(() => ShareableList.Create([new string('é', 4_999_996)], name));

        Assert.Equal("9999992s9999992s", list.Format);
        Assert.Equal(longest, list.GetBytes(0));
        Assert.Equal(9_999_991, list.GetString(1).Length);
        Assert.Contains("9999991", bytes.Message, StringComparison.Ordinal);
        Assert.False(SharedMemory.Exists(name));
    }

    [Fact]
    public void A_sequence_is_walked_once()
    {
        using var scratch = new Scratch();
        int walks = 0;
        IEnumerable<object?> Generate()
        {
            walks++;
            yield return 1;
            yield return "two";
        }

        ShareableList list = scratch.Keep(ShareableList.Create(Generate(), scratch.NewName()));

        Assert.Equal(1, walks);
        Assert.Equal([1L, "two"], list);
    }

    [Fact]
    public void A_sequence_may_hand_out_one_buffer_again_and_again()
    {
        using var scratch = new Scratch();
        byte[] buffer = new byte[1];
        IEnumerable<object?> Generate()
        {
            for (buffer[0] = 1; buffer[0] <= 3; buffer[0]++)
            {
                yield return buffer;
            }
        }

        ShareableList list = scratch.Keep(ShareableList.Create(Generate(), scratch.NewName()));

        Assert.Equal([[1], [2], [3]], list.Cast<byte[]>());
    }

    [Fact]
    public void A_sequence_that_throws_leaves_no_block()
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();
        static IEnumerable<object?> Generate()
        {
            yield return 1;
            throw new NotImplementedException();
        }

        Assert.Throws<NotImplementedException>(() => ShareableList.Create(Generate(), name));

        Assert.False(SharedMemory.Exists(name));
    }

    [Fact]
    public void Another_list_is_copied()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(1, 2.5, true, null, "a\0", new byte[] { 1, 0 }, "é");

        ShareableList copy = scratch.Keep(ShareableList.Create(list, scratch.NewName()));
        copy[0] = "other";

        Assert.Equal(1L, list[0]);
        Assert.Equal(list.Skip(1), copy.Skip(1));
    }

    [Fact]
    public void Arrays_of_strings_and_of_byte_arrays_will_do()
    {
        using var scratch = new Scratch();

        string[] texts = ["a", "b"];

        Assert.Equal(texts, scratch.Keep(ShareableList.Create(texts, scratch.NewName())));
        Assert.Equal([new byte[] { 1 }], scratch.Keep(ShareableList.Create(new[] { new byte[] { 1 } }, scratch.NewName())));
    }

    [Fact]
    public void A_name_is_given_or_has_the_form_of_CPython()
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();

        ShareableList named = scratch.Keep(ShareableList.Create([1], name));
        ShareableList automatic = scratch.Keep(ShareableList.Create([1]));
        scratch.Adopt(automatic.Name);

        Assert.Equal(name, named.Name);
        Assert.Equal(name, named.Block.Name);
        Assert.Matches("^psm_[0-9a-f]{8}$", automatic.Name);
    }

    [Fact]
    public void A_name_that_is_taken_is_refused_and_its_list_untouched()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("mine");

        Assert.Throws<SharedMemoryExistsException>(() => ShareableList.Create(["yours"], list.Name));

        Assert.Equal("mine", scratch.Attach(list.Name)[0]);
    }

    [Fact]
    public void The_options_are_those_of_the_block()
    {
        using var scratch = new Scratch();
        var options = new SharedMemoryOptions { Backing = SharedMemoryBacking.Anonymous };

        ShareableList list = scratch.Keep(ShareableList.Create(["a"], options: options));

        Assert.Equal("a", scratch.Attach(list.Name)[0]);
    }

    [Fact]
    public void Without_items_there_is_no_list() =>
        Assert.Throws<ArgumentNullException>(() => ShareableList.Create(null!));
}
