using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;

namespace Multiprocessing.Tests;

/// <summary>numpy in a stock Python on our arrays and we on its, in place, by footers that each side reads and writes for itself.</summary>
public sealed class NumpyTests(NumpyPeer numpy) : IClassFixture<NumpyPeer>, IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly NumpyPeer _numpy = numpy;

    /// <summary>Our name of a type and numpy's code.</summary>
    public static TheoryData<string, string> Types => new()
    {
        { "bool", "|b1" }, { "int8", "|i1" }, { "uint8", "|u1" }, { "int16", "<i2" }, { "uint16", "<u2" }, { "int32", "<i4" }, { "uint32", "<u4" },
        { "int64", "<i8" }, { "uint64", "<u8" }, { "float16", "<f2" }, { "float32", "<f4" }, { "float64", "<f8" }, { "complex64", "<c8" },
        { "complex128", "<c16" }, { "float128", "<f16" }, { "complex256", "<c32" }, { "S10", "|S10" }, { "U3", "<U3" }, { "V7", "|V7" },
        { "datetime64", "<M8" }, { "timedelta64", "<m8" },
    };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void Python_reads_and_changes_what_we_make(string type, string code) => Watchdog.Run(() =>
    {
        foreach (nint[] shape in (nint[][])[[6], [2, 3], [1, 3, 2, 1], [], [0, 4]])
        {
            SharedArray array = _scratch.Create(type, shape);
            byte[] content = Content(array);
            content.CopyTo(array.Block.Span);

            Assert.Equal(Seen(code, shape, content), _numpy.Ask("look", array.Name)!.ToJsonString());
            _numpy.Ask("reverse", array.Name);
            Assert.Equal(Reversed(content, array.ElementType.ItemSize), Scratch.Bytes(array));
        }
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void We_read_and_change_what_Python_makes(string type, string code) => Watchdog.Run(() =>
    {
        foreach (int dimensions in (int[])[32, 64])
        {
            foreach (nint[] shape in (nint[][])[[6], [3, 2], [2, 1, 3], [], [5, 0]])
            {
                string name = _scratch.NewName();
                SharedArrayType expected = SharedArrayType.Parse(type);
                byte[] content = Content(expected, shape.Aggregate(1, static (product, size) => product * (int)size));
                _numpy.Ask("make", name, NumpyPeer.Shape(shape), code, dimensions, Convert.ToHexStringLower(content));

                SharedArray array = _scratch.Attach(name);
                Assert.Equal(expected, array.ElementType);
                Assert.Equal(shape, array.Shape.ToArray());
                Assert.Equal(content, Scratch.Bytes(array));

                byte[] reversed = Reversed(content, expected.ItemSize);
                reversed.CopyTo(array.Block.Span);
                Assert.Equal(Seen(code, shape, reversed), _numpy.Ask("look", name)!.ToJsonString());
            }
        }
    });

    [Fact]
    public void Both_compute_in_place_on_one_array_of_every_number() => Watchdog.Run(() =>
    {
        Compute<sbyte>();
        Compute<byte>();
        Compute<short>();
        Compute<ushort>();
        Compute<int>();
        Compute<uint>();
        Compute<long>();
        Compute<ulong>();
        Compute<Half>();
        Compute<float>();
        Compute<double>();
        Compute<Complex>();
    });

    [Fact]
    public void Python_with_shared_memory_alone_uses_a_block_that_is_an_array_here() => Watchdog.Run(() =>
    {
        using SharedMemory block = _scratch.Keep(SharedMemory.Create(4096, _scratch.NewName()));
        SharedArray<float> array = SharedArray<float>.Over(block, [4, 5], 64);
        array.Fill(1.5f);
        Assert.Equal(60.0, (double)_numpy.Ask("over", block.Name, new JsonArray(4, 5), "f4", 64)!);
        Assert.Equal(-1, array.AsReadOnlySpan().IndexOfAnyExcept(3f));

        SharedArray<float> whole = _scratch.Create<float>(4, 5);
        whole.Fill(2);
        Assert.Equal(80.0, (double)_numpy.Ask("over", whole.Name, new JsonArray(4, 5), "f4", 0)!);
        Assert.Equal(80f, TensorPrimitives.Sum(whole.AsReadOnlySpan()));
    });

    [Fact]
    public void Files_are_shared_too() => Watchdog.Run(() =>
    {
        string path = $"file://{_scratch.NewPath()}";
        using SharedArray<double> array = SharedArray<double>.Create(path, [3]);
        array.CopyFrom([1, 2, 3]);
        array.Flush();
        _numpy.Ask("double", path);
        Assert.Equal([2, 4, 6], array.ToArray());

        string theirs = $"file://{_scratch.NewPath()}";
        _numpy.Ask("make", theirs, new JsonArray(2), "i8", 32, "01000000000000000200000000000000");
        using SharedArray<long> attached = SharedArray<long>.Attach(theirs);
        Assert.Equal([1, 2], attached.ToArray());
    });

    private void Compute<T>()
        where T : unmanaged, INumberBase<T>
    {
        SharedArray<T> array = _scratch.Create<T>(4, 5);
        for (int i = 0; i < array.Length; i++)
        {
            array.AsSpan()[i] = T.CreateChecked(i + 1);
        }

        Assert.True((bool)_numpy.Ask("is_range", array.Name, 1)!);
        _numpy.Ask("double", array.Name);
        Assert.Equal(T.CreateChecked(40), array[3, 4]);
        Tensor.Multiply(array.AsReadOnlyTensorSpan(), T.CreateChecked(3), array.AsTensorSpan());
        Assert.True((bool)_numpy.Ask("is_range", array.Name, 6)!, typeof(T).Name);
    }

    private static string Seen(string code, nint[] shape, byte[] content) =>
        new JsonArray(code, NumpyPeer.Shape(shape), Convert.ToHexStringLower(content)).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Default });

    private static byte[] Content(SharedArray array) => Content(array.ElementType, (int)array.Length);

    /// <summary>Bytes that every type has a value for, and no two elements alike.</summary>
    private static byte[] Content(SharedArrayType type, int count)
    {
        byte[] bytes = new byte[count * type.ItemSize];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = type.Kind switch
            {
                SharedArrayKind.Boolean => (byte)(i % 3 == 1 ? 1 : 0),
                SharedArrayKind.Unicode => (byte)(i % 4 == 0 ? 'a' + i : 0),
                SharedArrayKind.Bytes => (byte)('a' + (i % 26)),
                SharedArrayKind.Float or SharedArrayKind.Complex when type.ItemSize % 16 == 0 => (byte)(i % 16 == 8 ? i % 100 : 0),
                _ => (byte)((i * 7) % 100),
            };
        }

        return bytes;
    }

    private static byte[] Reversed(byte[] content, int itemSize) => [.. content.Chunk(itemSize).Reverse().SelectMany(static item => item)];
}
