using System.Numerics.Tensors;

namespace Multiprocessing.Tests;

/// <summary>Nothing on the way to an element is put on the heap.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Elements_spans_rows_and_tensors_do_not_allocate()
    {
        using var scratch = new Scratch();
        SharedArray<double> one = scratch.Create<double>(100);
        SharedArray<double> two = scratch.Create<double>(10, 10);
        SharedArray<double> three = scratch.Create<double>(4, 5, 5);
        SharedArray<double> four = scratch.Create<double>(2, 2, 5, 5);
        SharedArray<double> five = scratch.Create<double>(2, 2, 5, 5, 1);
        double[] values = new double[100];
        (string What, Action<int> Use)[] uses =
        [
            ("[i]", i => one[i] = one[99 - i] + 1),
            ("[i, j]", i => two[i % 10, 1] += 1),
            ("[i, j, k]", i => three[i % 4, 1, 2] += 1),
            ("[i, j, k, l]", i => four[i % 2, 1, 2, 3] += 1),
            ("[i, j, k, l, m]", i => five[i % 2, 1, 2, 3, 0] += 1),
            ("reference", i => five.GetReference(i % 2, 1, 2, 3, 0)++),
            ("item", i => two.Item(i % 10, 3).Clear()),
            ("span", i => one.AsSpan()[i] = one.AsReadOnlySpan(i, 1)[0]),
            ("row", i => two.Row(i % 10).Fill(three.ReadOnlyRow(1, 2)[0])),
            ("tensor", _ => two.AsTensorSpan().Fill(Tensor.Sum(two.AsReadOnlyTensorSpan()))),
            ("fill", i => two.Fill(i)),
            ("copy", _ => two.CopyFrom(values)),
            ("copy of an array", _ => two.CopyFrom(two)),
            ("copy out", _ => two.CopyTo(values)),
            ("shape", i => values[i] = two.Shape[0] + two.Strides[1] + two.Rank + two.Length + two.Size),
        ];

        Assert.All(uses, use => Assert.Equal((use.What, 0L), (use.What, Allocations.By(use.Use))));
    }
}
