using System.Numerics.Tensors;

namespace Multiprocessing.Tests;

/// <summary>Indexes, spans, rows, tensors and copies.</summary>
public sealed class ViewTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_element_of_one_to_five_dimensions_is_where_C_order_says()
    {
        nint[] all = [3, 4, 2, 5, 2];
        for (int rank = 1; rank <= all.Length; rank++)
        {
            nint[] shape = all[..rank];
            SharedArray<int> array = _scratch.Create<int>(shape);
            for (int i = 0; i < array.Length; i++)
            {
                array.AsSpan()[i] = i;
            }

            for (int i = 0; i < array.Length; i++)
            {
                nint[] index = Index(i, shape);
                Assert.Equal(i, array[index]);
                Assert.Equal(i, array.GetReference(index));
                int value = rank switch
                {
                    1 => array[index[0]],
                    2 => array[index[0], index[1]],
                    3 => array[index[0], index[1], index[2]],
                    4 => array[index[0], index[1], index[2], index[3]],
                    _ => array[index[0], index[1], index[2], index[3], index[4]],
                };
                Assert.Equal(i, value);
            }
        }
    }

    [Fact]
    public void Writing_by_index_is_seen_by_all_views()
    {
        SharedArray<int> one = _scratch.Create<int>(5);
        one[4] = 1;
        SharedArray<int> two = _scratch.Create<int>(2, 3);
        two[1, 2] = 2;
        SharedArray<int> three = _scratch.Create<int>(2, 3, 4);
        three[1, 2, 3] = 3;
        SharedArray<int> four = _scratch.Create<int>(2, 3, 4, 5);
        four[1, 2, 3, 4] = 4;
        SharedArray<int> five = _scratch.Create<int>(2, 1, 1, 1, 2);
        five[1, 0, 0, 0, 1] = 5;
        five.GetReference(1, 0, 0, 0, 1)++;
        Assert.Equal([1, 2, 3, 4, 6], [one.AsSpan()[^1], two.AsSpan()[^1], three.AsSpan()[^1], four.AsSpan()[^1], five.AsSpan()[^1]]);
    }

    [Fact]
    public void An_index_outside_is_refused_in_every_dimension()
    {
        nint[] all = [3, 4, 2, 5, 2];
        for (int rank = 1; rank <= all.Length; rank++)
        {
            nint[] shape = all[..rank];
            SharedArray<byte> array = _scratch.Create<byte>(shape);
            for (int axis = 0; axis < rank; axis++)
            {
                foreach (nint bad in (nint[])[-1, shape[axis], nint.MinValue, nint.MaxValue])
                {
                    var index = new nint[rank];
                    index[axis] = bad;
                    Assert.Throws<ArgumentOutOfRangeException>(() => array[index]);
                    Assert.Throws<ArgumentOutOfRangeException>(() => array[index] = 1);
                    Assert.Throws<ArgumentOutOfRangeException>(() => Fixed(array, index));
                    Assert.Throws<ArgumentOutOfRangeException>(() => array.GetReference(index));
                    Assert.Throws<ArgumentOutOfRangeException>(() => array.Item(index)[0]);
                    Assert.Throws<ArgumentOutOfRangeException>(() => array.Row(index.AsSpan(0, axis + 1))[0]);
                }
            }
        }
    }

    [Fact]
    public void Too_few_or_too_many_indexes_are_refused()
    {
        SharedArray<byte> array = _scratch.Create<byte>(3, 4);
        Assert.Contains("2 dimensions", Assert.Throws<ArgumentException>(() => array[0]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => array[0, 0, 0]);
        Assert.Throws<ArgumentException>(() => array[0, 0, 0, 0]);
        Assert.Throws<ArgumentException>(() => array[0, 0, 0, 0, 0]);
        Assert.Throws<ArgumentException>(() => array[[]]);
        Assert.Throws<ArgumentException>(() => array.Row(0, 0, 0)[0]);
        Assert.Throws<ArgumentException>(() => _scratch.Create<byte>()[0]);
    }

    [Fact]
    public void Rows_are_what_lies_behind_the_first_indexes()
    {
        SharedArray<int> array = _scratch.Create<int>(2, 3, 4);
        for (int i = 0; i < 24; i++)
        {
            array.AsSpan()[i] = i;
        }

        Assert.Equal([12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23], array.ReadOnlyRow(1).ToArray());
        Assert.Equal([20, 21, 22, 23], array.Row(1, 2).ToArray());
        Assert.Equal([23], array.Row(1, 2, 3).ToArray());
        Assert.Equal(24, array.Row().Length);
        array.Row(0, 1).Fill(-1);
        Assert.Equal([-1, -1, -1, -1], array.AsReadOnlySpan(4, 4).ToArray());
        Assert.Equal(3, array[0, 0, 3]);
        Assert.Equal(8, array[0, 2, 0]);
        Assert.Equal(0, _scratch.Create<int>(3, 0).Row(2).Length);
    }

    [Fact]
    public void Runs_are_checked()
    {
        SharedArray<int> array = _scratch.Create<int>(10);
        Assert.Equal(10, array.AsSpan(0, 10).Length);
        Assert.Equal(0, array.AsSpan(10, 0).Length);
        foreach ((long start, int length) in ((long, int)[])[(-1, 1), (0, 11), (10, 1), (0, -1), (long.MaxValue, 1), (long.MinValue, int.MaxValue), (11, 0)])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => array.AsSpan(start, length).Length);
            Assert.Throws<ArgumentOutOfRangeException>(() => array.AsReadOnlySpan(start, length).Length);
        }
    }

    [Fact]
    public void Tensors_have_the_shape_and_the_memory_of_the_array()
    {
        SharedArray<float> array = _scratch.Create<float>(3, 4);
        TensorSpan<float> tensor = array.AsTensorSpan();
        Assert.Equal(array.Shape.ToArray(), tensor.Lengths.ToArray());
        Assert.Equal(array.Strides.ToArray(), tensor.Strides.ToArray());
        tensor[2, 1] = 7;
        Assert.Equal(7, array[2, 1]);
        tensor.Fill(2);
        Tensor.Multiply(array.AsReadOnlyTensorSpan(), 3f, tensor);
        Assert.Equal(72f, Tensor.Sum(array.AsReadOnlyTensorSpan()));
        Assert.Equal(72f, TensorPrimitives.Sum(array.AsReadOnlySpan()));
        TensorSpan<float> column = tensor.Slice([0..3, 1..2]);
        column.Fill(0);
        Assert.Equal([6, 0, 6, 6], array.ReadOnlyRow(1).ToArray());

        SharedArray<float> scalar = _scratch.Create<float>();
        scalar.AsTensorSpan()[0] = 5;
        Assert.Equal(5, scalar[[]]);
        SharedArray<float> empty = _scratch.Create<float>(2, 0);
        Assert.Equal(0, empty.AsReadOnlyTensorSpan().FlattenedLength);
        Assert.Equal([2, 3, 4, 5, 6], _scratch.Create<float>(2, 3, 4, 5, 6).AsTensorSpan().Lengths.ToArray());
    }

    [Fact]
    public void Copies_go_both_ways_and_are_checked()
    {
        SharedArray<int> a = _scratch.Create<int>(2, 3);
        SharedArray<int> b = _scratch.Create<int>(2, 3);
        a.CopyFrom([1, 2, 3, 4, 5, 6]);
        b.CopyFrom(a);
        Assert.Equal([1, 2, 3, 4, 5, 6], b.ToArray());
        b.Fill(9);
        b.CopyTo(a);
        int[] room = new int[8];
        a.CopyTo(room);
        Assert.Equal([9, 9, 9, 9, 9, 9, 0, 0], room);
        Assert.Throws<ArgumentException>(() => a.CopyFrom([1, 2]));
        Assert.Throws<ArgumentException>(() => a.CopyTo(new int[5]));
        Assert.Throws<ArgumentException>(() => a.CopyFrom(_scratch.Create<int>(3, 2)));
        Assert.Throws<ArgumentNullException>(() => a.CopyFrom((SharedArray<int>)null!));
        Assert.Throws<ArgumentNullException>(() => a.CopyTo((SharedArray<int>)null!));
    }

    [Fact]
    public void Big_copies_and_fills_are_whole()
    {
        SharedArray<int> a = _scratch.Create<int>(3, 1 << 20);
        SharedArray<int> b = _scratch.Create<int>(3, 1 << 20);
        a.Fill(7);
        Assert.Equal(-1, a.AsReadOnlySpan().IndexOfAnyExcept(7));
        int[] numbers = [.. Enumerable.Range(0, 3 << 20)];
        a.CopyFrom(numbers);
        b.CopyFrom(a);
        Assert.True(b.AsReadOnlySpan().SequenceEqual(numbers));
        b.Prefault();
        Assert.True(b.AsReadOnlySpan().SequenceEqual(numbers));
    }

    [Fact]
    public void A_read_only_array_can_be_read_and_not_written()
    {
        string name = _scratch.Create<int>(2, 3).Name;
        SharedArray<int> array = _scratch.Keep(SharedArray<int>.Attach(name, readOnly: true));
        Assert.True(array.IsReadOnly);
        Action[] writes =
        [
            () => array[0, 0] = 1, () => array[[0, 0]] = 1, () => array.GetReference(0, 0), () => array.Item(0, 0).Clear(), () => array.AsSpan().Clear(),
            () => array.AsSpan(0, 1).Clear(), () => array.Row(0).Clear(), () => array.AsTensorSpan(), () => array.Fill(1), () => array.CopyFrom([1, 2, 3, 4, 5, 6]),
            () => array.CopyFrom(_scratch.Create<int>(2, 3)),
        ];
        Assert.All(writes, static write => Assert.Throws<NotSupportedException>(write));
        Assert.Equal(0, array[1, 2] + array.AsReadOnlySpan()[0] + array.ReadOnlyRow(1)[0] + array.ReadOnlyItem(0, 0)[0]);
        Assert.Equal(0, Tensor.Sum(array.AsReadOnlyTensorSpan()));
        Assert.Equal(6, array.ToArray().Length);
        array.Prefault();
    }

    [Fact]
    public void After_dispose_every_use_is_an_exception()
    {
        SharedArray<int> array = _scratch.Create<int>(2, 3);
        SharedArray<int> other = _scratch.Create<int>(2, 3);
        array.Dispose();
        array.Dispose();
        Action[] uses =
        [
            () => _ = array[0, 0], () => array[0, 0] = 1, () => _ = array[[0, 0]], () => array.GetReference(0, 0), () => array.Item(0, 0), () => array.ReadOnlyItem(0, 0),
            () => array.AsSpan(), () => array.AsReadOnlySpan(), () => array.Row(0), () => array.ReadOnlyRow(0), () => array.AsTensorSpan(),
            () => array.AsReadOnlyTensorSpan(), () => array.Fill(1), () => array.CopyFrom(new int[6]), () => array.CopyTo(new int[6]), () => array.ToArray(),
            () => array.CopyFrom(other), () => other.CopyFrom(array), () => array.Flush(), () => array.Lock(), () => array.Unlock(), () => array.Prefault(),
            () => _ = array.Address, () => array.As<int>(), () => array.AsSpan(0, 1),
        ];
        Assert.All(uses, static use => Assert.Throws<ObjectDisposedException>(use));
        Assert.Equal([2, 3], array.Shape.ToArray());
        Assert.Equal($"SharedArray('{array.Name}', disposed)", array.ToString());
        array.Unlink();
    }

    private static byte Fixed(SharedArray<byte> array, nint[] i) => i.Length switch
    {
        1 => array[i[0]],
        2 => array[i[0], i[1]],
        3 => array[i[0], i[1], i[2]],
        4 => array[i[0], i[1], i[2], i[3]],
        _ => array[i],
    };

    private static nint[] Index(int offset, nint[] shape)
    {
        var index = new nint[shape.Length];
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            index[i] = offset % shape[i];
            offset /= (int)shape[i];
        }

        return index;
    }
}
