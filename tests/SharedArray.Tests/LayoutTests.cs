using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>The footer as a table, and the bytes of an array.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void The_footer_is_at_the_offsets_of_the_extension() => Assert.Equal(
        [16, 24, 28, 32, 36, 292, 548, 292, 548],
        [
            Footer.SizeOffset, Footer.TypeOffset, Footer.ItemSizeOffset, Footer.RankOffset, Footer.DimensionsOffset, Footer.FewestBytes, Footer.MostBytes,
            Footer.Bytes(SharedArrayFormat.NumPy1), Footer.Bytes(SharedArrayFormat.NumPy2),
        ]);

    [Theory]
    [InlineData(SharedArrayFormat.NumPy1, 292)]
    [InlineData(SharedArrayFormat.NumPy2, 548)]
    public void The_elements_come_first_and_the_footer_ends_the_block(SharedArrayFormat format, int bytes)
    {
        using var scratch = new Scratch();
        using SharedArray<short> array = SharedArray<short>.Create(scratch.NewName(), [3, 5], format: format);
        array.AsSpan().Fill(-1);

        byte[] block = array.Block.ReadOnlySpan.ToArray();
        Assert.Equal(30 + bytes, block.Length);
        Assert.All(block[..30], static b => Assert.Equal(0xff, b));
        ReadOnlySpan<byte> footer = block.AsSpan(30);
        Assert.Equal("[SharedArray]\0\0\0"u8.ToArray(), footer[..16].ToArray());
        Assert.Equal(30, MemoryMarshal.Read<long>(footer[16..]));
        Assert.Equal([3, 2, 2], MemoryMarshal.Cast<byte, int>(footer[24..36]).ToArray());
        Assert.Equal([3, 5, .. new long[(bytes / 8) - 6]], MemoryMarshal.Cast<byte, long>(footer[36..]).ToArray());
        Assert.Equal(0, array.Address % Environment.SystemPageSize);
        Assert.Equal((30, 15, 2), (array.Size, array.Length, array.Rank));
        Assert.Equal([5, 1], array.Strides.ToArray());
    }

    public static TheoryData<string, int, int> Types => new()
    {
        { "bool", 0, 1 }, { "int8", 1, 1 }, { "uint8", 2, 1 }, { "int16", 3, 2 }, { "uint16", 4, 2 }, { "int32", 5, 4 }, { "uint32", 6, 4 },
        { "int64", Marshal.SizeOf<CLong>() == 8 ? 7 : 9, 8 }, { "uint64", Marshal.SizeOf<CLong>() == 8 ? 8 : 10, 8 },
        { "float16", 23, 2 }, { "float32", 11, 4 }, { "float64", 12, 8 }, { "float128", 13, 16 },
        { "complex64", 14, 8 }, { "complex128", 15, 16 }, { "complex256", 16, 32 },
        { "S1", 18, 1 }, { "S10", 18, 10 }, { "U3", 19, 12 }, { "V7", 20, 7 }, { "datetime64", 21, 8 }, { "timedelta64", 22, 8 },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void A_type_has_numpys_number_and_size_and_comes_back(string name, int number, int size)
    {
        var type = SharedArrayType.Parse(name);
        Assert.Equal((name, number, size), (type.ToString(), type.TypeNumber, type.ItemSize));
        Assert.True(SharedArrayType.TryFrom(number, size, out SharedArrayType back));
        Assert.Equal(type, back);

        using var scratch = new Scratch();
        SharedArray array = scratch.Create(name, 2, 3);
        SharedArray again = scratch.Attach(array.Name);
        Assert.Equal((type, array.GetType()), (again.ElementType, again.GetType()));
        Assert.Equal([2, 3], again.Shape.ToArray());
    }

    [Fact]
    public void C_longs_and_long_longs_are_integers_of_their_size()
    {
        (int Number, int Size, SharedArrayType Type)[] same =
        [
            (7, 8, SharedArrayType.Int64), (9, 8, SharedArrayType.Int64), (8, 8, SharedArrayType.UInt64), (10, 8, SharedArrayType.UInt64),
            (7, 4, SharedArrayType.Int32), (8, 4, SharedArrayType.UInt32), (13, 8, SharedArrayType.Float64), (16, 16, SharedArrayType.Complex128),
        ];
        Assert.All(same, static row =>
        {
            Assert.True(SharedArrayType.TryFrom(row.Number, row.Size, out SharedArrayType type));
            Assert.Equal(row.Type, type);
        });
    }

    [Fact]
    public void No_other_number_or_size_is_a_type()
    {
        for (int number = -5; number < 40; number++)
        {
            for (int size = -3; size < 40; size++)
            {
                if (SharedArrayType.TryFrom(number, size, out SharedArrayType type))
                {
                    Assert.InRange(number, 0, 23);
                    Assert.NotEqual(SharedArrayType.ObjectNumber, number);
                    Assert.Equal(size, type.ItemSize);
                }
                else
                {
                    Assert.Equal(default, type);
                }
            }
        }

        Assert.False(SharedArrayType.TryFrom(19, 10, out _));
    }
}
