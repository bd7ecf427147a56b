using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>A real uWSGI and ours on the same file, each reading what the other wrote.</summary>
public sealed class UwsgiTests
{
    private const long Size = 65536;

    [Fact]
    public void Each_reads_what_the_other_wrote() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(Size);
        using var uwsgi = new Uwsgi("--sharedarea", $"file={path},size={Size}");
        SharedArea area = scratch.Area(new SharedAreaOptions { File = path, Size = Size });

        area.Write(100, "from here: é");
        Assert.Equal("'from here: é'", uwsgi.Eval("uwsgi.sharedarea_read(0, 100, 13).decode()"));
        uwsgi.Eval("uwsgi.sharedarea_write(0, 200, 'from there: é')");
        Assert.Equal("from there: é"u8.ToArray(), area.Read(200, 14));

        (string Width, Action<long, long> Write, Func<long, long> Read)[] widths =
        [
            ("8", (p, v) => area.Write8(p, (sbyte)v), p => area.Read8(p)), ("16", (p, v) => area.Write16(p, (short)v), p => area.Read16(p)),
            ("32", (p, v) => area.Write32(p, (int)v), p => area.Read32(p)), ("64", area.Write64, area.Read64),
        ];
        foreach ((string width, Action<long, long> write, Func<long, long> read) in widths)
        {
            long most = (1L << (int.Parse(width, CultureInfo.InvariantCulture) - 1)) - 1;
            long[] values = [0, 1, most];
            foreach (long position in (long[])[1024, 1027, Size - 8])
            {
                foreach (long value in values.Concat([-1, -most - 1]))
                {
                    write(position, value);
                    Assert.Equal(value.ToString(CultureInfo.InvariantCulture), uwsgi.Eval($"uwsgi.sharedarea_read{width}(0, {position})"));
                }

                // Its write8 and write16 take no negative number.
                foreach (long value in values)
                {
                    Assert.Equal("None", uwsgi.Eval($"uwsgi.sharedarea_write{width}(0, {position}, {value})"));
                    Assert.Equal(value, read(position));
                }
            }
        }
    });

    [Fact]
    public void Both_count_on_the_same_counter_in_turn_and_wrap_alike() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(Size);
        using var uwsgi = new Uwsgi("--sharedarea", $"file={path},size={Size}");
        SharedArea area = scratch.Area(new SharedAreaOptions { File = path });
        for (int i = 0; i < 10; i++)
        {
            uwsgi.Eval("uwsgi.sharedarea_inc64(0, 8, 5)");
            area.Increment64(8, 5);
            uwsgi.Eval("uwsgi.sharedarea_dec32(0, 16)");
            area.Decrement32(16);
        }

        Assert.Equal(("100", 100L, -20), (uwsgi.Eval("uwsgi.sharedarea_read64(0, 8)"), area.Read64(8), area.Read32(16)));
        area.Write32(24, int.MaxValue);
        uwsgi.Eval("uwsgi.sharedarea_inc32(0, 24)");
        Assert.Equal(int.MinValue, area.Read32(24));
        area.Decrement32(24);
        Assert.Equal("2147483647", uwsgi.Eval("uwsgi.sharedarea_read32(0, 24)"));
    });

    [Fact]
    public void A_window_of_a_file_is_the_same_bytes_for_both() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(Size);
        using var uwsgi = new Uwsgi("--sharedarea", $"file={path},size=5000,offset=8192");
        SharedArea area = scratch.Area(SharedAreaOptions.Parse($"file={path},size=5000,offset=8192"));
        uwsgi.Eval("uwsgi.sharedarea_write64(0, 4992, 7)");
        Assert.Equal((7L, 5000L), (area.Read64(4992), area.Size));
        area.Write8(0, 9);
        Assert.Equal("9", uwsgi.Eval("uwsgi.sharedarea_read8(0, 0)"));
    });

    [Fact]
    public void What_is_documented_here_as_failing_there_does()
    {
        using var scratch = new Scratch();
        // What it writes past the end of 5,000 bytes is in their last page still.
        using var uwsgi = new Uwsgi("--sharedarea", $"file={scratch.NewFile(8192)},size=5000");
        Assert.Equal("False", uwsgi.Eval("hasattr(uwsgi, 'sharedarea_wait')"));
        Assert.Equal("None", uwsgi.Eval("uwsgi.sharedarea_inc64(0, 4996)"));
        Assert.Equal("ValueError", uwsgi.Eval("uwsgi.sharedarea_read64(0, 4996)"));
        Assert.Equal("-1", uwsgi.Eval("uwsgi.sharedarea_write8(0, 0, 255) or uwsgi.sharedarea_read8(0, 0)"));
    }
}
