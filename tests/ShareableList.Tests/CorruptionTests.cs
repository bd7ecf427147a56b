using System.Buffers.Binary;
using System.Text;

namespace Multiprocessing.Tests;

/// <summary>Blocks that are no lists, or no lists any more: each says what is wrong with it, and where.</summary>
public sealed class CorruptionTests
{
    private const string One = "0100000000000000 0000000000000000 0800000000000000 0100000000000000 7100000000000000 00";

    // ShareableList([1, 'a']) of Python 3.8.18.
    private const string Python38 =
        "0200000000000000 0800000000000000 0800000000000000 0100000000000000 6100000000000000 7100000000000000 3873000000000000 0001";

    public static TheoryData<string, string> No_lists => new()
    {
        { "00", "1 bytes" },
        { "0000000000000000", "8 bytes" },
        { "0000000000000000 00000000000000", "15 bytes" },
        { "0100000000000000 0000000000000000", "offset 0 holds 1" },
        { "ffffffffffffffff 0000000000000000 0800000000000000 0100000000000000 7100000000000000 00", "offset 0 holds -1" },
        { "ffffffffffffff7f 0000000000000000 0800000000000000 0100000000000000 7100000000000000 00", "offset 0 holds 9223372036854775807" },
        { "0000000000000020 0000000000000000 0800000000000000 0100000000000000 7100000000000000 00", "offset 0 holds 2305843009213693952" },
        { "0000000000000000 0000000000000000 0800000000000000 0100000000000000 7100000000000000 00", "its creator has not filled it" },
        { One[..^3], "offset 16" },
        { "0100000000000000 0000000000000000 1000000000000000 0100000000000000 7100000000000000 00", "offset 16" },
        { "0100000000000000 0000000000000000 ffffffffffffffff 0100000000000000 7100000000000000 00", "begins at 0 of the data and the next at -1" },
        { "0100000000000000 0000000000000000 f8ffffffffffff7f 0100000000000000 7100000000000000 00", "offset 16" },
        { "0100000000000000 0000000000000000 0400000000000000 0100000000000000 7100000000000000 00", "multiples of 8" },
        { Python38, "3.8 layout" },
    };

    public static TheoryData<string, byte, string> Bad_items => new()
    {
        { "", 0, "format ''" },
        { "x", 0, "format 'x'" },
        { "Q", 0, "format 'Q'" },
        { "2q", 0, "format '2q'" },
        { "q", 1, "code 1" },
        { "q", 2, "code 2" },
        { "q", 3, "code 3" },
        { "q", 4, "code 4" },
        { "q", 255, "code 255" },
        { "q\0\0\0\0\0\0q", 0, @"format 'q\x00" },
        { "d", 3, "code 3" },
        { "xxxxxxx?", 3, "xxxxxxx?" },
        { "xxxxxx?x", 0, "xxxxxx?x" },
        { "8s", 0, "code 0" },
        { "8s", 3, "code 3" },
        { "9s", 1, "a slot of 8 bytes" },
        { "9999999s", 1, "9999999s" },
        { "12345678", 2, "12345678" },
        { "-1s", 1, "-1s" },
        { "8 s", 1, "8 s" },
        { "8ss", 1, "8ss" },
        { "8s\0s", 1, "8s" },
        { "changing", 1, "changes its type" },
    };

    [Theory, MemberData(nameof(No_lists))]
    public void A_block_that_is_no_list_is_refused_by_Attach(string hex, string why)
    {
        using var scratch = new Scratch();
        string name = scratch.Block(Scratch.FromHex(hex));

        var refused = Assert.Throws<InvalidDataException>(() => ShareableList.Attach(name));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.True(SharedMemory.Exists(name));
    }

    [Fact]
    public void A_block_may_be_longer_than_its_list()
    {
        using var scratch = new Scratch();
        byte[] bytes = Scratch.FromHex(One);

        Assert.Equal([1L], scratch.Attach(scratch.Block([.. bytes, 1, 2, 3])));
        Assert.Equal([1L], scratch.Attach(scratch.Block([.. bytes, .. new byte[4096]])));
        Assert.Empty(scratch.Attach(scratch.Block(new byte[Environment.SystemPageSize])));
    }

    [Fact]
    public void A_list_of_Python_3_8_is_told_by_its_layout()
    {
        using var scratch = new Scratch();
        Python python = Python.Get("3.8");
        const string Script = """
            from multiprocessing import resource_tracker
            resource_tracker.register = lambda *args: None
            from multiprocessing.shared_memory import ShareableList
            print(ShareableList([1, 'a', None]).shm.name)
            """;
        string name = python.Run(Script).Output;
        scratch.Adopt(name);

        var refused = Assert.Throws<InvalidDataException>(() => ShareableList.Attach(name));

        Assert.Contains("3.8 layout", refused.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Bad_items))]
    public void An_item_of_a_format_or_code_that_nobody_writes_is_refused_and_can_be_assigned(string format, byte code, string why)
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("before", 1L, "after");
        Corrupt(list, 1, Encoding.ASCII.GetBytes(format), code);
        Func<object?>[] reads =
        [
            () => list[1], () => list.Get<int>(1), () => list.Get<object>(1), () => list.GetInt64(1), () => list.GetDouble(1),
            () => list.GetBoolean(1), () => list.GetString(1), () => list.GetBytes(1), () => list.GetUtf8(1).Length,
            () => list.GetBytesSpan(1).Length, () => list.IsNull(1), () => list.Format, () => list.CountOf(1), () => list.IndexOf(9),
            () => list.ToString(),
        ];

        Assert.All(reads, read =>
        {
            string message = Assert.Throws<InvalidDataException>(read).Message;
            Assert.Contains(why, message, StringComparison.Ordinal);
            Assert.Contains("Item 1 ", message, StringComparison.Ordinal);
        });
        list[1] = "healed";
        Assert.Equal(["before", "healed", "after"], list);
    }

    [Theory]
    [InlineData("q", 0)]
    [InlineData("d", 0)]
    [InlineData("xxxxxxx?", 0)]
    [InlineData("xxxxxx?x", 3)]
    [InlineData("8s", 1)]
    public void An_item_whose_slot_has_become_too_small_is_refused(string format, byte code)
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("before", 1L, "after");
        Corrupt(list, 1, Encoding.ASCII.GetBytes(format), code);
        list.Block.GetReference<long>(24) = 12;

        Assert.Throws<InvalidDataException>(() => list[1]);
        Assert.Throws<InvalidDataException>(() => list[1] = 5);
        Assert.Throws<InvalidDataException>(() => list.SetNull(1));
        Assert.Throws<ArgumentException>(() => list[1] = "12345");
        list[1] = "1234";
        Assert.Equal("1234", list[1]);
    }

    [Theory]
    [InlineData(-8)]
    [InlineData(25)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void An_offset_that_changes_under_us_is_found_out(long offset)
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("before", 1L, "after");
        list.Block.GetReference<long>(24) = offset;
        string before = Scratch.Hex(list);

        foreach (int index in new[] { 1, 2 })
        {
            Assert.Throws<InvalidDataException>(() => list[index]);
            Assert.Throws<InvalidDataException>(() => list.GetInt64(index));
            Assert.Throws<InvalidDataException>(() => list[index] = 1);
            Assert.Throws<InvalidDataException>(() => list.SetString(index, "x"));
        }

        var refused = Assert.Throws<InvalidDataException>(() => list.GetBytes(1));
        Assert.Contains($"{offset}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("offset 16", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Scratch.Hex(list));
        Assert.Equal("before", list[0]);
    }

    [Fact]
    public void The_number_of_items_that_counts_is_that_of_the_attach()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(1L, 2L);

        list.Block.GetReference<long>(0) = 1_000_000;

        Assert.Equal(2, list.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[2]);
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("c3")]
    [InlineData("61c0af")]
    [InlineData("eda080")]
    [InlineData("f4908080")]
    public void A_str_that_is_not_UTF8_is_refused_as_a_string_and_not_as_bytes(string hex)
    {
        using var scratch = new Scratch();
        byte[] bytes = Convert.FromHexString(hex);
        ShareableList list = scratch.List(bytes, "\uFFFD");
        Corrupt(list, 0, "8s"u8, 1);

        Assert.Throws<InvalidDataException>(() => list[0]);
        Assert.Throws<InvalidDataException>(() => list.GetString(0));
        Assert.Throws<InvalidDataException>(() => list.Get<string>(0));
        Assert.Equal(bytes, list.GetUtf8(0).ToArray());
        Assert.Equal("\uFFFD", list[1]);
    }

    [Theory]
    [InlineData("s", "a")]
    [InlineData("0s", "")]
    [InlineData("1s", "a")]
    [InlineData("0000003s", "abc")]
    [InlineData("0000008s", "abc\0\0\0\0\0")]
    [InlineData("08s", "abc\0\0\0\0\0")]
    [InlineData("8s", "abc")]
    [InlineData("5s", "abc\0\0")]
    public void What_struct_reads_is_read(string format, string text)
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("abc");

        Corrupt(list, 0, Encoding.ASCII.GetBytes(format), 1);
        Assert.Equal(text, list[0]);
        Assert.Equal(format, list.Format);

        Corrupt(list, 0, Encoding.ASCII.GetBytes(format), 2);
        Assert.Equal(Encoding.ASCII.GetBytes(text), list[0]);
    }

    [Fact]
    public void Any_flag_but_0_reads_as_true_and_the_bytes_of_None_do_not_matter()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(false, null, -1L);
        list.Block.GetReference<byte>(40 + 7) = 0x80;
        list.Block.GetReference<long>(48) = -1;

        Assert.Equal([true, null, -1L], list);
        Assert.True(list.GetBoolean(0));
    }

    private static void Corrupt(ShareableList list, int index, ReadOnlySpan<byte> format, byte code)
    {
        long formats = (8L * (list.Count + 2)) + BinaryPrimitives.ReadInt64LittleEndian(list.Block.AsReadOnlySpan<byte>(8 + (8L * list.Count), 8));
        Span<byte> word = list.Block.AsSpan<byte>(formats + (8L * index), 8);
        word.Clear();
        format.CopyTo(word);
        list.Block.GetReference<byte>(formats + (8L * list.Count) + index) = code;
    }
}
