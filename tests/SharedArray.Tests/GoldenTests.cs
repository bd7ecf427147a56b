using System.Numerics;

namespace Multiprocessing.Tests;

/// <summary>Files that the extension itself wrote.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string, string, nint[]> Files => new()
    {
        { "S10_2", "S10", [2] },
        { "U3_2", "U3", [2] },
        { "b1_2x2x2", "bool", [2, 2, 2] },
        { "c16_2", "complex128", [2] },
        { "f4_scalar", "float32", [] },
        { "f8_10", "float64", [10] },
        { "i4_3x4", "int32", [3, 4] },
        { "np2_i4_3x4", "int32", [3, 4] },
        { "u1_5", "uint8", [5] },
    };

    [Fact]
    public void There_is_a_row_for_every_file() => Assert.Equal(
        Directory.GetFiles(Scratch.Golden("")).Select(Path.GetFileName).Where(static name => name != "README.md").Order(StringComparer.Ordinal),
        Files.Select(static row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void It_is_read_and_made_again_byte_for_byte(string file, string type, nint[] shape)
    {
        using var scratch = new Scratch();
        byte[] expected = File.ReadAllBytes(Scratch.Golden(file));
        SharedArray golden = scratch.Attach($"file://{Scratch.Golden(file)}", readOnly: true);
        Assert.Equal(type, golden.ElementType.ToString());
        Assert.Equal(shape, golden.Shape.ToArray());
        Assert.Equal(SharedArrayType.Parse(type), golden.ElementType);

        SharedArrayFormat format = file.StartsWith("np2", StringComparison.Ordinal) ? SharedArrayFormat.NumPy2 : SharedArrayFormat.NumPy1;
        string path = scratch.NewPath();
        using (SharedArray made = SharedArray.Create($"file://{path}", shape, golden.ElementType, format: format))
        {
            golden.Block.AsReadOnlySpan<byte>(0, (int)golden.Size).CopyTo(made.Block.AsSpan<byte>(0, (int)made.Size));
        }

        Assert.Equal(expected, File.ReadAllBytes(path));

        string name = scratch.NewName();
        using SharedArray shared = SharedArray.Create(name, shape, golden.ElementType, format: format);
        golden.Block.AsReadOnlySpan<byte>(0, (int)golden.Size).CopyTo(shared.Block.AsSpan<byte>(0, (int)shared.Size));
        Assert.Equal(expected, shared.Block.ReadOnlySpan.ToArray());
    }

    [Fact]
    public void Their_values_are_those_that_Python_wrote()
    {
        using var scratch = new Scratch();
        SharedArray<T> Open<T>(string file)
            where T : unmanaged => scratch.Keep(SharedArray<T>.Attach($"file://{Scratch.Golden(file)}", readOnly: true));

        Assert.Equal([.. Enumerable.Range(0, 10).Select(i => (double)i)], Open<double>("f8_10").ToArray());
        SharedArray<int> matrix = Open<int>("i4_3x4");
        Assert.Equal(Enumerable.Range(0, 12), matrix.ToArray());
        Assert.Equal(6, matrix[1, 2]);
        Assert.Equal([8, 9, 10, 11], matrix.ReadOnlyRow(2).ToArray());
        Assert.Equal(Enumerable.Range(0, 12), Open<int>("np2_i4_3x4").ToArray());
        Assert.Equal([new Complex(1, 2), new Complex(3, -4)], Open<Complex>("c16_2").ToArray());
        Assert.Equal([0, 1, 2, 3, 4], Open<byte>("u1_5").ToArray());
        Assert.Equal(3.5f, Open<float>("f4_scalar")[[]]);
        Assert.Equal([true, false, false, true, true, true, false, false], Open<bool>("b1_2x2x2").ToArray());
        Assert.Equal("[b'hello' b'world']", scratch.Attach($"file://{Scratch.Golden("S10_2")}", readOnly: true).ToString());
        Assert.Equal("['abc' 'é']", scratch.Attach($"file://{Scratch.Golden("U3_2")}", readOnly: true).ToString());
    }
}
