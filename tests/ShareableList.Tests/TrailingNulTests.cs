namespace Multiprocessing.Tests;

/// <summary>NULs at the end of a str or bytes, which CPython loses and we do not.</summary>
public sealed class TrailingNulTests
{
    public static TheoryData<object, string> Created => new()
    {
        { "\0", "1s" },
        { "a\0b\0\0", "5s" },
        { "é\0", "3s" },
        { "1234567\0", "8s" },
        { "a\0b", "8s" },
        { new byte[] { 0 }, "1s" },
        { new byte[] { 0, 1, 0 }, "3s" },
        { new byte[8], "8s" },
        { new byte[15], "15s" },
        { new byte[] { 0, 1 }, "8s" },
    };

    [Theory, MemberData(nameof(Created))]
    public void They_are_kept(object value, string format)
    {
        using var scratch = new Scratch();

        ShareableList list = scratch.List(value, 1L);
        ShareableList assigned = scratch.List("123456789", 1L);
        assigned[0] = value;

        Assert.Equal(value, scratch.Attach(list.Name)[0]);
        Assert.Equal(value, scratch.Attach(assigned.Name)[0]);
        Assert.Equal(format, Scratch.FormatAt(list, 0));
        Assert.Equal(1L, list[1]);
    }

    [Fact]
    public void A_value_that_fills_its_slot_gets_a_leading_zero()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(1L, "0123456789", new string('x', 200));

        list[0] = new byte[8];
        list[1] = "0123456789abcde\0";
        list[2] = new string('y', 207) + '\0';

        Assert.Equal("08s016s0208s", list.Format);
        Assert.Equal([new byte[8], "0123456789abcde\0", new string('y', 207) + '\0'], list);
    }

    [Fact]
    public void The_next_value_without_them_has_the_format_of_CPython_again()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("a\0", new byte[8]);

        list[0] = "b";
        list[1] = new byte[] { 1 };

        Assert.Equal("8s16s", list.Format);
        Assert.Equal(["b", new byte[] { 1 }], list);
    }

    [Fact]
    public void They_are_kept_in_big_slots_as_long_as_a_format_can_say_so()
    {
        using var scratch = new Scratch();
        byte[] big = new byte[999_991];
        ShareableList list = scratch.List(big, new byte[9_999_991]);
        Assert.Equal("999991s9999991s", list.Format);

        list[0] = new byte[999_992];
        Assert.Equal("0999992s", Scratch.FormatAt(list, 0));
        Assert.Equal(999_992, list.GetBytes(0).Length);

        list[1] = "keep";
        var refused = Assert.Throws<ArgumentException>(() => list[1] = new byte[9_999_992]);
        Assert.Throws<ArgumentException>(() => list[1] = new string('\0', 9_999_992));
        Assert.Contains("8 characters", refused.Message, StringComparison.Ordinal);
        Assert.Equal("keep", list[1]);
    }

    [Theory, ClassData(typeof(PythonVersions))]
    public void Stock_Python_reads_without_them_and_truncates_what_it_assigns(string version)
    {
        using var scratch = new Scratch();
        using var python = new PythonPeer(Python.Get(version));
        ShareableList list = scratch.List("ab\0", 1L, new byte[] { 1, 0 }, "x", 5L);
        list[1] = new byte[8];
        list.SetBytes(4, [1, 2, 3, 4, 5, 6, 7, 0]);

        Assert.Equal(["ab", Array.Empty<byte>(), new byte[] { 1 }, "x", new byte[] { 1, 2, 3, 4, 5, 6, 7 }], python.Read(list.Name));
        Assert.Equal("3s08s2s8s08s", (string)python.Ask("format", list.Name)!);

        python.Ask("set", list.Name, 0, PythonPeer.Encode("abcdef"));
        Assert.Equal("abc", list[0]);
        python.Ask("set", list.Name, 0, PythonPeer.Encode("z"));
        Assert.Equal("z", (string)python.Ask("get", list.Name, 0)![1]!);
        Assert.Equal("z\0\0", list[0]);

        python.Ask("set", list.Name, 0, PythonPeer.Encode(1L));
        python.Ask("set", list.Name, 0, PythonPeer.Encode("abcdef"));
        Assert.Equal("abcdef", list[0]);
        list[2] = "y";
        python.Ask("set", list.Name, 2, PythonPeer.Encode("abcdef"));
        Assert.Equal("abcdef", list[2]);
    }
}
