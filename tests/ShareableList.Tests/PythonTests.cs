namespace Multiprocessing.Tests;

/// <summary>Every CPython of this machine reads and writes ours, and we its.</summary>
public sealed class PythonTests
{
    private static readonly object?[] Items =
    [
        "howdy", "HoWdY"u8.ToArray(), -273.154, 100L, null, true, 42L, false, "", Array.Empty<byte>(), "héllo wörld", -1L,
        long.MinValue, long.MaxValue, -0.0, double.PositiveInfinity, 5e-324, "éééééééé", "0\U00010000\U00010000", "a\0b", "日本語\U0001F600",
    ];

    private static readonly object?[] Values =
        [5L, 0.5, true, false, null, "é", new byte[] { 1, 0, 2 }, "", 7L, Array.Empty<byte>(), "12345678", double.NaN, long.MinValue];

    [Theory, ClassData(typeof(PythonVersions))]
    public void Python_reads_our_list(string version) => With(version, static (scratch, python) =>
    {
        ShareableList list = scratch.List(Items);

        Assert.Equal(Items, python.Read(list.Name));
        Assert.Equal(list.Format, (string)python.Ask("format", list.Name)!);
        Assert.Equal(list.ToString(), (string)python.Ask("repr", list.Name)!);
    });

    [Theory, ClassData(typeof(PythonVersions))]
    public void Python_writes_our_list_with_every_change_of_type(string version) => With(version, static (scratch, python) =>
    {
        ShareableList list = scratch.List("0123456789", 1L);

        foreach (object? first in Values)
        {
            foreach (object? second in Values)
            {
                python.Ask("set", list.Name, 0, PythonPeer.Encode(first));
                Assert.Equal(first, list[0]);
                python.Ask("set", list.Name, 0, PythonPeer.Encode(second));
                Assert.Equal(second, list[0]);
            }
        }

        Assert.Equal(1L, list[1]);
    });

    [Theory, ClassData(typeof(PythonVersions))]
    public void We_read_and_write_a_list_of_Python_with_every_change_of_type(string version) => With(version, static (scratch, python) =>
    {
        string name = (string)python.Ask("create", PythonPeer.EncodeAll(["0123456789", 1L, null, "é", 2.5]))![0]!;
        scratch.Adopt(name);
        ShareableList list = scratch.Attach(name);
        Assert.Equal(["0123456789", 1L, null, "é", 2.5], list);

        foreach (object? first in Values)
        {
            foreach (object? second in Values)
            {
                list[0] = first;
                Assert.Equal(first, PythonPeer.Decode(python.Ask("get", name, 0)));
                list[0] = second;
                Assert.Equal(second, PythonPeer.Decode(python.Ask("get", name, 0)));
            }
        }

        Assert.Equal([1L, null, "é", 2.5], list.Skip(1));
    });

    [Theory, ClassData(typeof(PythonVersions))]
    public void An_empty_list_goes_both_ways(string version) => With(version, static (scratch, python) =>
    {
        string name = (string)python.Ask("create", PythonPeer.EncodeAll([]))![0]!;
        scratch.Adopt(name);

        Assert.Empty(scratch.Attach(name));
        Assert.Empty(python.Read(scratch.List().Name));
    });

    [Theory, ClassData(typeof(PythonVersions))]
    public void An_item_left_half_changed_is_an_error_in_Python_and_heals_there(string version) => With(version, static (scratch, python) =>
    {
        ShareableList list = scratch.List("text");
        "changing"u8.CopyTo(list.Block.Span[32..]);

        Assert.StartsWith("error: ", python.AskForError("get", list.Name, 0), StringComparison.Ordinal);
        Assert.StartsWith("error: ", python.AskForError("read", list.Name), StringComparison.Ordinal);
        python.Ask("set", list.Name, 0, PythonPeer.Encode("new"));

        Assert.Equal("new", list[0]);
    });

    private static void With(string version, Action<Scratch, PythonPeer> body)
    {
        Python python = Python.Get(version);
        Watchdog.Run(() =>
        {
            using var scratch = new Scratch();
            using var peer = new PythonPeer(python);
            body(scratch, peer);
        });
    }
}
