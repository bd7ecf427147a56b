using System.Numerics;

namespace Multiprocessing.Tests;

/// <summary>ToString beside numpy's own str, of the same arrays.</summary>
public sealed class PrintTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static readonly nint[][] Shapes =
        [[1], [2], [7], [40], [3, 4], [2, 30], [2, 2, 3], [1, 2, 1, 3], [1000], [1001], [30, 40], [7, 200], [200, 7], [11, 12, 13], [], [0], [3, 0]];

    [Fact]
    public void Numbers_of_all_types_are_printed_as_numpy_prints_them() => Watchdog.Run(TimeSpan.FromMinutes(3), () =>
    {
        using var numpy = new NumpyPeer();
        var random = new Random(5);
        for (int round = 0; round < 12; round++)
        {
            foreach (nint[] shape in Shapes)
            {
                Compare(numpy, Fill<bool>(shape, () => random.Next(2) == 1));
                Compare(numpy, Fill<sbyte>(shape, () => (sbyte)random.Next(-128, 128)));
                Compare(numpy, Fill<uint>(shape, () => (uint)random.Next(1 << random.Next(31))));
                Compare(numpy, Fill<long>(shape, () => random.NextInt64() >> random.Next(64)));
                Compare(numpy, Fill<ulong>(shape, () => (ulong)random.NextInt64() << random.Next(2)));
                int kind = random.Next(8);
                Compare(numpy, Fill<double>(shape, () => Real(random, kind)));
                Compare(numpy, Fill<float>(shape, () => (float)Real(random, kind)));
                Compare(numpy, Fill<Half>(shape, () => (Half)Real(random, kind)));
                Compare(numpy, Fill<Complex>(shape, () => new Complex(Real(random, kind), Real(random, kind))));
                Compare(numpy, Fill<Complex64>(shape, () => new Complex64((float)Real(random, kind), (float)Real(random, kind))));
            }
        }
    });

    [Fact]
    public void Text_bytes_and_records_are_printed_as_numpy_prints_them() => Watchdog.Run(() =>
    {
        using var numpy = new NumpyPeer();
        var random = new Random(6);
        foreach (string type in (string[])["S1", "S5", "U1", "U4", "V3", "timedelta64"])
        {
            foreach (nint[] shape in (nint[][])[[5], [3, 4], [], [1001]])
            {
                SharedArray array = _scratch.Create(type, shape);
                for (int i = 0; i < array.Size; i++)
                {
                    // Quotes, escapes, NULs within and at the end, and for U the Latin letters, some of which do not print.
                    array.Block.Span[i] = type[0] == 'U' && i % 4 != 0 ? (byte)0 : (byte)random.Next(type[0] == 't' ? 256 : random.Next(2) == 0 ? 256 : 2);
                }

                Compare(numpy, array);
            }
        }
    });

    [Fact]
    public void Known_forms()
    {
        SharedArray<double> array = _scratch.Create<double>(2, 3);
        array.CopyFrom([1, 2.5, -3, 1e-5, 0, 1e10]);
        Assert.Equal("[[ 1.0e+00  2.5e+00 -3.0e+00]\n [ 1.0e-05  0.0e+00  1.0e+10]]", array.ToString());
        Assert.Equal("[0 0 0 ... 0 0 0]", _scratch.Create<int>(1001).ToString());
        Assert.Equal("[]", _scratch.Create<int>(3, 0).ToString());
        Assert.Equal("0.0", _scratch.Create<double>().ToString());
        Assert.Equal("array: int32 (3, 4)", new SharedArrayInfo("array", SharedArrayType.Int32, [3, 4]).ToString());
        SharedArray extended = _scratch.Create("float128", 1);
        Assert.Equal($"[b'{string.Concat(Enumerable.Repeat(@"\x00", 16))}']", extended.ToString());
        SharedArray text = _scratch.Create("U1", 1);
        BitConverter.TryWriteBytes(text.Item(0), 0x7fffffff);
        Assert.Equal(@"['\U7fffffff']", text.ToString());
    }

    private SharedArray<T> Fill<T>(nint[] shape, Func<T> next)
        where T : unmanaged
    {
        SharedArray<T> array = SharedArray<T>.Create(_scratch.NewName(), shape);
        foreach (ref T value in array.AsSpan())
        {
            value = next();
        }

        return array;
    }

    private static void Compare(NumpyPeer numpy, SharedArray array)
    {
        using (array)
        {
            Assert.Equal((string)numpy.Ask("str", array.Name)!, array.ToString());
            array.Unlink();
        }
    }

    /// <summary>Numbers that need few digits, many, exponents, a tie to round, or that are none.</summary>
    private static double Real(Random random, int kind) => kind switch
    {
        0 => random.Next(-50, 1000),
        1 => random.Next(-999, 1000) / 8.0,
        2 => random.NextDouble(),
        3 => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-12, 12)),
        4 => random.Next(1 << 12) / 4096.0 / 64,
        5 => random.Next(6) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => -random.Next(3), _ => random.Next(100) / 4.0 },
        6 => random.Next(5) switch { 0 => double.NegativeInfinity, 1 => -0.0, 2 => 0.99999999999, _ => random.NextDouble() * 100 },
        _ => BitConverter.Int64BitsToDouble(random.NextInt64()),
    };
}
