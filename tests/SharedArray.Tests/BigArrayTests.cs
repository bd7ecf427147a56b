using System.Numerics.Tensors;

namespace Multiprocessing.Tests;

/// <summary>An array of 5 GiB, sparse, so that it costs the few pages that are written.</summary>
public sealed class BigArrayTests : IDisposable
{
    private const int Rows = 5;
    private const int Columns = 1 << 27;
    private const long Count = (long)Rows * Columns;

    private readonly Scratch _scratch = new();
    private readonly SharedArray<double> _array;

    public BigArrayTests() => _array = _scratch.Keep(
        SharedArray<double>.Create(_scratch.NewName(), [Rows, Columns], new SharedMemoryOptions { Reserve = false }));

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Its_last_elements_are_reached_every_way()
    {
        Assert.Equal(Count, _array.Length);
        Assert.Equal(Count * 8, _array.Size);
        var other = (SharedArray<double>)_scratch.Attach(_array.Name);
        _array[Rows - 1, Columns - 1] = 42;
        Assert.Equal(42, other[Rows - 1, Columns - 1]);
        Assert.Equal(42, other[[Rows - 1, Columns - 1]]);
        Assert.Equal(42, other.AsReadOnlySpan(Count - 1, 1)[0]);
        Assert.Equal(42, other.ReadOnlyRow(Rows - 1)[^1]);
        Assert.Equal(42, other.AsReadOnlyTensorSpan()[Rows - 1, Columns - 1]);
        Assert.Equal((nint)Count, other.AsReadOnlyTensorSpan().FlattenedLength);
        Assert.Equal(42, BitConverter.ToDouble(other.ReadOnlyItem(Rows - 1, Columns - 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => other[Rows, 0]);
        Assert.Equal(
            "[[ 0.  0.  0. ...  0.  0.  0.]\n [ 0.  0.  0. ...  0.  0.  0.]\n [ 0.  0.  0. ...  0.  0.  0.]\n"
                + " [ 0.  0.  0. ...  0.  0.  0.]\n [ 0.  0.  0. ...  0.  0. 42.]]",
            other.ToString());
    }

    [Fact]
    public void More_than_a_span_can_hold_is_refused_with_advice()
    {
        using SharedArray<byte> bytes = SharedArray<byte>.Create(_scratch.NewName(), [3, unchecked((nint)(1L << 31))], new() { Reserve = false });
        Assert.Contains("tensor", Assert.Throws<InvalidOperationException>(() => bytes.AsSpan()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => bytes.AsReadOnlySpan());
        Assert.Throws<InvalidOperationException>(() => bytes.Row(1));
        Assert.Throws<InvalidOperationException>(() => bytes.ToArray());
        bytes.AsSpan((1L << 31) + 5, 10).Fill(1);
        Assert.Equal(10, TensorPrimitives.Sum(bytes.AsReadOnlySpan(1L << 31, 100)));
        Assert.Equal(1, bytes[1, 5]);
        Assert.Equal(0, bytes[1, 4]);
    }
}
