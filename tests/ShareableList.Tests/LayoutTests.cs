namespace Multiprocessing.Tests;

/// <summary>The bytes, as a table: what CPython 3.11 wrote, and where things stand.</summary>
public sealed class LayoutTests
{
    private const string Zero = "0000000000000000";
    private const string OneItem = "0100000000000000" + Zero + "0800000000000000";
    private const string Twelve =
        "0c00000000000000" + Zero + "0800000000000000 1000000000000000 1800000000000000 2000000000000000 2800000000000000"
        + "3000000000000000 3800000000000000 4000000000000000 4800000000000000 5000000000000000 6000000000000000 6800000000000000"
        + "686f776479000000 486f576459000000 5839b4c8761271c0 6400000000000000" + Zero + "0000000000000001 2a00000000000000" + Zero
        + Zero + Zero + "68c3a96c6c6f2077 c3b6726c64000000 ffffffffffffffff"
        + "3873000000000000 3873000000000000 6400000000000000 7100000000000000 7878787878783f78 787878787878783f 7100000000000000"
        + "787878787878783f 3873000000000000 3873000000000000 3136730000000000 7100000000000000"
        + "010200000300000001020100";

    /// <summary>Items, and the block that CPython makes of them.</summary>
    public static TheoryData<object?[], string> Vectors => new()
    {
        { [], Zero + Zero },
        { [1L], OneItem + "0100000000000000 7100000000000000 00" },
        { [1.5], OneItem + "000000000000f83f 6400000000000000 00" },
        { [true], OneItem + "0000000000000001 787878787878783f 00" },
        { [false], OneItem + Zero + "787878787878783f 00" },
        { [null], OneItem + Zero + "7878787878783f78 03" },
        { ["a"], OneItem + "6100000000000000 3873000000000000 01" },
        { ["a"u8.ToArray()], OneItem + "6100000000000000 3873000000000000 02" },
        { [""], OneItem + Zero + "3873000000000000 01" },
        { ["é"], OneItem + "c3a9000000000000 3873000000000000 01" },
        { ["12345678"], "0100000000000000" + Zero + "1000000000000000 3132333435363738" + Zero + "3136730000000000 01" },
        {
            ["howdy", "HoWdY"u8.ToArray(), -273.154, 100L, null, true, 42L, false, "", Array.Empty<byte>(), "héllo wörld", -1L],
            Twelve
        },
    };

    /// <summary>A list, an assignment to its item 0, and the data, format and code of that item afterwards.</summary>
    public static TheoryData<object?, object?[], string> Assignments => new()
    {
        { 7L, ["hi"], "6869000000000000 3873000000000000 01" },
        { 7L, ["hi", null], Zero + "7878787878783f78 03" },
        { 7L, ["hi", null, true], "0000000000000001 787878787878783f 00" },
        { "0123456789", [5L], "0500000000000000 3839000000000000 7100000000000000 00" },
        { "0123456789", [5L, "z"], "7a00000000000000" + Zero + "3136730000000000 01" },
        { 1L, ["12345678"], "3132333435363738 3873000000000000 01" },
        { "x", [-0.0], "0000000000000080 6400000000000000 00" },
    };

    [Theory, MemberData(nameof(Vectors))]
    public void Items_become_the_bytes_that_CPython_writes(object?[] items, string hex)
    {
        using var scratch = new Scratch();

        using ShareableList list = scratch.List(items);

        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Scratch.Hex(list));
    }

    [Theory, MemberData(nameof(Vectors))]
    public void The_bytes_that_CPython_writes_become_the_items(object?[] items, string hex)
    {
        using var scratch = new Scratch();

        ShareableList list = scratch.Attach(scratch.Block(Scratch.FromHex(hex)));

        Assert.Equal(items.Length, list.Count);
        Assert.Equal(items, list);
    }

    [Theory, MemberData(nameof(Assignments))]
    public void An_assignment_leaves_the_bytes_that_CPython_leaves(object? item, object?[] values, string hex)
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(item);

        foreach (object? value in values)
        {
            list[0] = value;
        }

        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Scratch.Hex(list)[(3 * 16)..]);
    }

    [Fact]
    public void Every_part_stands_where_the_table_says()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(1L, "0123456789", null);
        const int DataSize = 8 + 16 + 8;

        (string What, long Offset, long Value)[] table =
        [
            ("N", 0, 3),
            ("offset of slot 0", 8, 0),
            ("offset of slot 1", 16, 8),
            ("offset of slot 2", 24, 24),
            ("end of the data", 32, DataSize),
            ("slot 0", 40, 1),
            ("slot 1", 48, 0x3736353433323130),
            ("slot 1, second half", 56, 0x3938),
            ("slot 2", 64, 0),
            ("format 0", 40 + DataSize, 0x71),
            ("format 1", 48 + DataSize, 0x733631),
            ("format 2", 56 + DataSize, 0x783f787878787878),
        ];
        Assert.All(table, row => Assert.Equal((row.What, row.Value), (row.What, Scratch.Int64At(list, row.Offset))));
        Assert.Equal([0, 1, 3], Scratch.Bytes(list)[(64 + DataSize)..]);
        Assert.Equal(16 + DataSize + (17 * 3), list.Block.Size);
    }

    [Theory]
    [InlineData("", 8)]
    [InlineData("1234567", 8)]
    [InlineData("12345678", 16)]
    [InlineData("123456789012345", 16)]
    [InlineData("1234567890123456", 24)]
    [InlineData("ééé", 8)]
    [InlineData("éééé", 16)]
    [InlineData("ééééééé", 16)]
    [InlineData("0\U00010000\U00010000", 16)]
    public void A_slot_has_room_for_the_bytes_of_a_text_and_not_for_its_characters(string text, long slot)
    {
        using var scratch = new Scratch();

        ShareableList list = scratch.List(text);

        Assert.Equal(slot, Scratch.Int64At(list, 16));
        Assert.Equal(text, list[0]);
    }

    [Fact]
    public void A_list_past_2_GiB_is_read_and_written_at_its_far_end()
    {
        using var scratch = new Scratch();
        const int Count = 300;
        const long Slot = 9_999_992;
        const long Formats = (8 * (Count + 2)) + (Slot * Count);
        string name = scratch.NewName();

        // Sparse: of its 3 GB only the touched pages exist.
        var options = new SharedMemoryOptions { Reserve = false };
        SharedMemory block = scratch.Keep(SharedMemory.Create(Formats + (9 * Count), name, options));
        block.GetReference<long>(0) = Count;
        for (int i = 0; i < Count; i++)
        {
            block.GetReference<long>(16 + (8 * i)) = Slot * (i + 1);
            "9999992s"u8.CopyTo(block.AsSpan<byte>(Formats + (8 * i), 8));
            block.GetReference<byte>(Formats + (8 * Count) + i) = 1;
        }

        ShareableList list = scratch.Attach(name);

        list[^1] = 42;
        list[^2] = "far away";
        Assert.Equal("", list[250]);
        Assert.Equal(42L, list.GetInt64(Count - 1));
        Assert.Equal("far away", list.GetString(-2));
        Assert.Equal(42, block.GetReference<long>((8 * (Count + 2)) + (Slot * (Count - 1))));
    }
}
