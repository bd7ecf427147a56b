using System.Text;

namespace Multiprocessing.Tests;

/// <summary>Every call and option of uWSGI's sharedarea, in the order of its C API, and what it is here.</summary>
public sealed class CallTests
{
    private static readonly byte[] OneTwoThree = [1, 2, 3];

    public static TheoryData<string> Calls => [.. Table.Keys];

    private static Dictionary<string, Action<SharedArea>> Table { get; } = new(StringComparer.Ordinal)
    {
        ["get_by_id"] = static area =>
        {
            using var areas = new SharedAreas();
            using SharedArea own = SharedArea.Attach(area.Name);
            Assert.Equal(0, areas.Add(own));
            Assert.Same(own, areas[0]);
            Assert.Throws<ArgumentOutOfRangeException>(() => areas[1]);
            Assert.Throws<ArgumentOutOfRangeException>(() => areas[-1]);
        },
        ["read"] = static area =>
        {
            area.Write(10, OneTwoThree);
            Assert.Equal(OneTwoThree, area.Read(10, 3));
            Assert.Equal([], area.Read(10, 0));
            Span<byte> three = stackalloc byte[3];
            area.Read(10, three);
            Assert.Equal(OneTwoThree, three.ToArray());
        },
        ["read to the end"] = static area =>
        {
            area.Write(area.Size - 3, OneTwoThree);
            Assert.Equal(OneTwoThree, area.Read(area.Size - 3));
            Assert.Equal([], area.Read(area.Size));
        },
        ["write of bytes"] = static area =>
        {
            area.Write(1, OneTwoThree.AsMemory().Span);
            Assert.Equal([0, 1, 2, 3, 0], area.Read(0, 5));
            area.Write(area.Size, []);
            Assert.Equal(2, area.UpdateCount);
        },
        ["write of a string"] = static area =>
        {
            area.Write(0, "héllo");
            Assert.Equal("héllo"u8.ToArray(), area.Read(0, 6));
            string longText = new('é', 1000);
            area.Write(8, longText);
            Assert.Equal(longText, Encoding.UTF8.GetString(area.Read(8, 2000)));
        },
        ["read8 write8"] = static area =>
        {
            area.Write8(3, -2);
            Assert.Equal((-2, 254), (area.Read8(3), area.ReadU8(3)));
            area.Write8(3, (byte)255);
            Assert.Equal((-1, 255), (area.Read8(3), area.ReadU8(3)));
        },
        ["read16 write16"] = static area => Assert.All([2, 3, 63], position =>
        {
            area.Write16(position, -2);
            Assert.Equal((-2, 65534), (area.Read16(position), area.ReadU16(position)));
            area.Write16(position, (ushort)0x1234);
            Assert.Equal([0x34, 0x12], area.Read(position, 2));
        }),
        ["read32 write32"] = static area => Assert.All([4, 5, 62], position =>
        {
            area.Write32(position, -2);
            Assert.Equal((-2, 0xfffffffeu), (area.Read32(position), area.ReadU32(position)));
            area.Write32(position, 0x12345678u);
            Assert.Equal([0x78, 0x56, 0x34, 0x12], area.Read(position, 4));
        }),
        ["read64 write64"] = static area => Assert.All([8, 9, 60], position =>
        {
            area.Write64(position, -2);
            Assert.Equal((-2L, ulong.MaxValue - 1), (area.Read64(position), area.ReadU64(position)));
            area.Write64(position, 0x0102030405060708u);
            Assert.Equal([8, 7, 6, 5, 4, 3, 2, 1], area.Read(position, 8));
        }),
        ["inc8 dec8"] = static area =>
        {
            area.Write8(5, sbyte.MaxValue);
            Assert.Equal(sbyte.MinValue, area.Increment8(5));
            Assert.Equal(sbyte.MaxValue, area.Decrement8(5));
            Assert.Equal(117, area.Decrement8(5, 10));
        },
        ["inc16 dec16"] = static area => Assert.All([6, 7, 63], position =>
        {
            area.Write16(position, short.MaxValue);
            Assert.Equal(short.MinValue, area.Increment16(position));
            Assert.Equal(short.MaxValue, area.Decrement16(position));
            Assert.Equal(short.MinValue + 9, area.Increment16(position, 10));
        }),
        ["inc32 dec32"] = static area => Assert.All([8, 11, 62], position =>
        {
            area.Write32(position, int.MaxValue);
            Assert.Equal(int.MinValue, area.Increment32(position));
            Assert.Equal(int.MaxValue, area.Decrement32(position));
            Assert.Equal(int.MaxValue, area.Decrement32(position, 0));
        }),
        ["inc64 dec64"] = static area => Assert.All([16, 17, 60], position =>
        {
            area.Write64(position, long.MaxValue);
            Assert.Equal(long.MinValue, area.Increment64(position));
            Assert.Equal(long.MaxValue, area.Decrement64(position));
            Assert.Equal(-1, area.Increment64(position, long.MinValue));
            Assert.Equal(long.MaxValue, area.Decrement64(position, long.MinValue));
        }),
        ["compare and exchange, which is not there"] = static area =>
        {
            Assert.Equal((0, 0, 0, 0L), (
                area.CompareExchange8(0, 1, 0), area.CompareExchange16(2, 2, 0), area.CompareExchange32(4, 3, 0), area.CompareExchange64(9, 4, 0)));
            Assert.Equal((1, 2, 3, 4L), (
                area.CompareExchange8(0, 9, 0), area.CompareExchange16(2, 9, 0), area.CompareExchange32(4, 9, 0), area.CompareExchange64(9, 9, 0)));
            Assert.Equal((1, 2, 3, 4L), (area.Read8(0), area.Read16(2), area.Read32(4), area.Read64(9)));
            Assert.Equal(4, area.UpdateCount);
        },
        ["rlock unlock"] = static area =>
        {
            using (area.EnterReadLock())
            {
                Assert.Equal(0, area.Read64(0));
            }

            Assert.Throws<SynchronizationLockException>(area.ExitReadLock);
        },
        ["wlock unlock"] = static area =>
        {
            using (area.EnterWriteLock())
            {
                area.Write64(0, 1);
            }

            Assert.Throws<SynchronizationLockException>(area.ExitWriteLock);
        },
        ["update"] = static area =>
        {
            area.MarkUpdated();
            Assert.Equal(1, area.UpdateCount);
        },
        ["wait"] = static area =>
        {
            Assert.False(area.Wait(area.UpdateCount, TimeSpan.FromMilliseconds(1)));
            long seen = area.UpdateCount;
            area.Increment8(0);
            Assert.True(area.Wait(seen, TimeSpan.Zero));
            area.Wait(seen);
        },
        ["memoryview"] = static area =>
        {
            area.Memory.Span[7] = 42;
            Assert.Equal((42, area.Size, 0L), (area.ReadU8(7), area.Memory.Length, area.UpdateCount));
        },
        ["updates counts every writing call once"] = static area =>
        {
            Action[] writes =
            [
                () => area.Write(0, OneTwoThree), () => area.Write(0, "x"), () => area.Write8(0, 1), () => area.Write16(1, 1), () => area.Write32(4, 1),
                () => area.Write64(8, 1), () => area.Write64(9, 1), () => area.Increment8(0), () => area.Increment16(1), () => area.Decrement32(4),
                () => area.Decrement64(61), area.MarkUpdated,
            ];
            for (int i = 0; i < writes.Length; i++)
            {
                writes[i]();
                Assert.Equal(i + 1, area.UpdateCount);
            }

            using (area.EnterWriteLock())
            {
                Array.ForEach(writes, static write => write());
            }

            area.Read(0);
            area.Read64(9);
            Assert.Equal(2 * writes.Length, area.UpdateCount);
        },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void Every_call_of_uWSGI_has_its_like(string call) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        Table[call](scratch.Area());
    });

    [Theory]
    [InlineData("3", 3 * 4096)]
    [InlineData("pages=2", 2 * 4096)]
    [InlineData("size=5000", 5000)]
    [InlineData("size=0x1000", 4096)]
    [InlineData("size=4k", 4096)]
    [InlineData("size=1M,pages=256", 1 << 20)]
    public void A_text_gives_an_area_in_a_block(string text, long size)
    {
        using SharedArea area = SharedArea.Parse(text.Replace("4096", $"{SharedAreaOptions.PageSize}", StringComparison.Ordinal));
        area.Unlink();
        Assert.Equal(size, area.Size);
        Assert.All(area.Read(0), static b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_text_names_a_file_a_window_and_a_block()
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(10_000);
        using (SharedArea area = SharedArea.Parse($"file={path},size=16,offset=0x1001"))
        {
            area.Write(0, "window");
            Assert.Equal(("window", 16), (Encoding.UTF8.GetString(area.Read(0, 6)), area.Size));
        }

        Assert.Equal("window"u8, File.ReadAllBytes(path).AsSpan(0x1001, 6));
        using SharedArea named = SharedArea.Parse("size=8,name=psm_area_test_name");
        named.Unlink();
        Assert.Equal("psm_area_test_name", named.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("99999999999999999999")]
    [InlineData("pages=9223372036854775807")]
    [InlineData("size=-1")]
    [InlineData("size=4kb")]
    [InlineData("size=9000000000g")]
    [InlineData("colour=red")]
    [InlineData("size=1,size=1")]
    [InlineData("pages=1,size=5")]
    [InlineData("size=1,offset=1")]
    [InlineData("file=x,fd=1")]
    [InlineData("file=x,name=y")]
    [InlineData("ptr=4096")]
    [InlineData("size=9223372036854775807")]
    public void A_text_that_makes_no_sense_is_refused(string text) => Assert.ThrowsAny<ArgumentException>(() => SharedArea.Parse(text));
}
