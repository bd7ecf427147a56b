using System.Numerics;
using System.Runtime.CompilerServices;

namespace Multiprocessing.Tests;

/// <summary>Which type of .NET is which of numpy.</summary>
public sealed class TypeTests
{
    private enum Colour : ushort
    {
        Red,
    }

    private readonly record struct Point(float X, float Y, int Id);

    [InlineArray(10)]
    private struct TenBytes
    {
        private byte _first;
    }

    [Fact]
    public void Numbers_have_the_type_of_their_name() => Assert.Equal(
        [
            SharedArrayType.Boolean, SharedArrayType.Int8, SharedArrayType.UInt8, SharedArrayType.Int16, SharedArrayType.UInt16,
            SharedArrayType.Int32, SharedArrayType.UInt32, SharedArrayType.Int64, SharedArrayType.UInt64,
            SharedArrayType.Float16, SharedArrayType.Float32, SharedArrayType.Float64, SharedArrayType.Complex64, SharedArrayType.Complex128,
            SharedArrayType.Int64, SharedArrayType.UInt16, SharedArrayType.Raw(12), SharedArrayType.Raw(16), SharedArrayType.Raw(10),
        ],
        [
            SharedArrayType.Of<bool>(), SharedArrayType.Of<sbyte>(), SharedArrayType.Of<byte>(), SharedArrayType.Of<short>(), SharedArrayType.Of<ushort>(),
            SharedArrayType.Of<int>(), SharedArrayType.Of<uint>(), SharedArrayType.Of<long>(), SharedArrayType.Of<ulong>(),
            SharedArrayType.Of<Half>(), SharedArrayType.Of<float>(), SharedArrayType.Of<double>(), SharedArrayType.Of<Complex64>(), SharedArrayType.Of<Complex>(),
            SharedArrayType.Of<nint>(), SharedArrayType.Of<Colour>(), SharedArrayType.Of<Point>(), SharedArrayType.Of<decimal>(), SharedArrayType.Of<TenBytes>(),
        ]);

    [Fact]
    public void A_char_has_none() => Assert.Contains("System.Char", Assert.Throws<NotSupportedException>(() => SharedArrayType.Of<char>()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("f8", "float64")]
    [InlineData("<f8", "float64")]
    [InlineData("=i2", "int16")]
    [InlineData("|b1", "bool")]
    [InlineData("?", "bool")]
    [InlineData("float", "float64")]
    [InlineData("int", "int64")]
    [InlineData("c8", "complex64")]
    [InlineData("f16", "float128")]
    [InlineData("<U3", "U3")]
    [InlineData("|S10", "S10")]
    [InlineData("V8", "V8")]
    [InlineData("u1", "uint8")]
    [InlineData("<M8", "datetime64")]
    public void Texts_of_numpy_are_understood(string text, string name) => Assert.Equal(name, SharedArrayType.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("f")]
    [InlineData("f3")]
    [InlineData("i16")]
    [InlineData(">f8")]
    [InlineData("S0")]
    [InlineData("S")]
    [InlineData("U536870912")]
    [InlineData("V-1")]
    [InlineData("b2")]
    [InlineData("f99999999999")]
    [InlineData("<M8[s]")]
    [InlineData("float63")]
    [InlineData("x4")]
    public void Others_are_refused(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<ArgumentException>(() => SharedArrayType.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("O")]
    [InlineData("|O")]
    [InlineData("object")]
    public void Objects_are_refused_with_the_reason(string text) =>
        Assert.Contains("pointers into one process", Assert.Throws<ArgumentException>(() => SharedArrayType.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Sizes_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedArrayType.Bytes(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedArrayType.Unicode(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedArrayType.Unicode((int.MaxValue / 4) + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedArrayType.Raw(-1));
    }

    [Fact]
    public void An_array_is_taken_for_its_own_type_only()
    {
        using var scratch = new Scratch();
        SharedArray array = scratch.Create("float64", 4);

        Assert.Same(array, array.As<double>());
        InvalidCastException cast = Assert.Throws<InvalidCastException>(() => array.As<long>());
        Assert.Contains("float64", cast.Message, StringComparison.Ordinal);
        InvalidDataException attach = Assert.Throws<InvalidDataException>(() => SharedArray<float>.Attach(array.Name));
        Assert.Contains("float64", attach.Message, StringComparison.Ordinal);
        Assert.Contains("float32", attach.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => SharedArray<Point>.Attach(array.Name));
    }

    [Fact]
    public void Raw_elements_are_any_struct_of_their_size()
    {
        using var scratch = new Scratch();
        SharedArray records = scratch.Create("V12", 2);
        SharedArray<Point> points = records.As<Point>();
        points[1] = new Point(1, 2, 3);
        Assert.Equal("0000803f0000004003000000", Convert.ToHexStringLower(records.ReadOnlyItem(1)));
        Assert.Equal(new Point(1, 2, 3), scratch.Keep(SharedArray<Point>.Attach(records.Name))[1]);

        SharedArray text = scratch.Create("S10", 3);
        "hello"u8.CopyTo(text.Item(2));
        Assert.Equal((byte)'o', text.As<TenBytes>()[2][4]);
        Assert.Throws<InvalidCastException>(() => text.As<long>());
        Assert.Equal(8, scratch.Create("datetime64", 3).As<long>().Size / 3);
        Assert.Equal(16, SharedArrayType.Parse("float128").ItemSize);
        Assert.Equal(3, scratch.Create("float128", 3).As<decimal>().Length);
        Assert.Throws<InvalidCastException>(() => scratch.Create("float64", 3).As<DateTime>());
    }

    [Fact]
    public void A_view_with_the_type_shares_the_memory()
    {
        using var scratch = new Scratch();
        SharedArray array = scratch.Create("V8", 4);
        SharedArray<long> view = array.As<long>();
        view[3] = 5;
        Assert.Equal(5, array.ReadOnlyItem(3)[0]);
        view.Dispose();
        Assert.Throws<ObjectDisposedException>(() => array.ReadOnlyItem(3)[0]);
    }

    [Fact]
    public void Complex64_is_two_floats()
    {
        Assert.Equal(8, Unsafe.SizeOf<Complex64>());
        Complex wide = new Complex64(1.5f, -2);
        Assert.Equal(new Complex(1.5, -2), wide);
        Assert.Equal(new Complex64(0.1f, 3), (Complex64)new Complex(0.1, 3));
    }
}
