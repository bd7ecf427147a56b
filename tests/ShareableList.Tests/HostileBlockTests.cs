using System.Runtime.CompilerServices;

namespace Multiprocessing.Tests;

/// <summary>
/// Thousands of damaged lists. Whatever is done to one, every use works or says that the data is wrong; a read or write outside
/// of the block would end the test process.
/// </summary>
public sealed unsafe class HostileBlockTests
{
    private const int Blocks = 10_000;

    private static readonly long[] Nasty =
    [
        0, 1, -1, 2, 7, 8, 16, 64, 255, 4096, int.MaxValue, int.MinValue, 1L << 32, 1L << 60, long.MaxValue, long.MinValue,
        long.MaxValue - 7,
        0x71, 0x64, 0x3f78787878787878, 0x783f787878787878, 0x7338, 0x733631, 0x7333, 0x733830, 0x7339393939393939, 0x676e69676e616863,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_use_of_a_damaged_list_works_or_says_so(int seed) => Watchdog.Run(TimeSpan.FromMinutes(5), () =>
    {
        var random = new Random(seed);
        byte[][] healthy = [.. Lists().Select(BytesOf)];
        int refused = 0;
        for (int i = 0; i < Blocks / 2; i++)
        {
            byte[] bytes = [.. healthy[random.Next(healthy.Length)]];
            bool live = random.Next(2) == 0;
            if (!live)
            {
                Mutate(random, bytes);
                bytes = bytes[..(random.Next(8) == 0 ? random.Next(1, bytes.Length + 1) : bytes.Length)];
            }

            refused += Exercise(random, bytes, live) ? 0 : 1;
        }

        Assert.InRange(refused, 1, Blocks / 2);
    });

    [Fact]
    public void A_list_that_somebody_scribbles_over_all_the_time_never_leads_out_of_its_block() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        foreach (object?[] items in Lists().Skip(1))
        {
            ShareableList list = scratch.List(items);
            byte[] healthy = Scratch.Bytes(list);
            using var stop = new CancellationTokenSource();
            Task scribbler = Task.Run(() =>
            {
                for (var random = new Random(7); !stop.IsCancellationRequested;)
                {
                    Mutate(random, list.Block.Span);
                    if (random.Next(16) == 0)
                    {
                        healthy.CopyTo(list.Block.Span);
                    }
                }
            });

            try
            {
                for (int i = 0; i < 20_000; i++)
                {
                    int index = i % list.Count;
                    Read(list, index);
                    if (i % 10 == 0)
                    {
                        Write(list, index);
                        Try(() => _ = list.ToString());
                    }
                }
            }
            finally
            {
                stop.Cancel();
                scribbler.Wait();
            }
        }
    });

    private static IEnumerable<object?[]> Lists() =>
    [
        [],
        [1L],
        ["text", 1.5, true, null, "bytes"u8.ToArray(), "a longer text", "nul\0", 7L],
        [.. Enumerable.Range(0, 40).Select(static i => (object?)(long)i)],

        // Exactly one page: what is read behind its end is not there.
        [.. Enumerable.Range(0, 15).Select(static i => (object?)(i % 2 == 0 ? "t" : 1L)), new string('z', 3680)],
    ];

    private static byte[] BytesOf(object?[] items)
    {
        using var scratch = new Scratch();
        return Scratch.Bytes(scratch.List(items));
    }

    private static void Mutate(Random random, Span<byte> bytes)
    {
        for (int times = random.Next(1, 5); times > 0; times--)
        {
            int at = Place(random, bytes);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    Write(bytes, at & ~7, Nasty[random.Next(Nasty.Length)]);
                    break;
                default:
                    Write(bytes, at & ~7, random.NextInt64());
                    break;
            }
        }
    }

    /// <summary>N, an offset, a format, a code, or anywhere.</summary>
    private static int Place(Random random, ReadOnlySpan<byte> bytes)
    {
        int count = Math.Clamp(bytes[0], (byte)0, (byte)40);
        int tail = Math.Min(9 * count, bytes.Length - 1);
        return random.Next(4) switch
        {
            0 => random.Next(8),
            1 => Math.Min(8 + random.Next(8 * (count + 1)), bytes.Length - 1),
            2 => bytes.Length - 1 - random.Next(tail + 1),
            _ => random.Next(bytes.Length),
        };
    }

    private static void Write(Span<byte> bytes, int at, long word)
    {
        if (at + 8 <= bytes.Length)
        {
            BitConverter.TryWriteBytes(bytes[at..], word);
        }
    }

    private static bool Exercise(Random random, byte[] bytes, bool live)
    {
        using var scratch = new Scratch();
        ShareableList list;
        try
        {
            list = scratch.Attach(scratch.Block(bytes));
        }
        catch (InvalidDataException)
        {
            return false;
        }

        if (live)
        {
            Mutate(random, list.Block.Span);
        }

        byte[] header = list.Block.ReadOnlySpan[..(8 * (list.Count + 2))].ToArray();
        for (int i = -list.Count; i < list.Count; i++)
        {
            Read(list, i);
        }

        Try(() => _ = list.Format);
        Try(() => _ = list.ToString());
        Try(() => list.CountOf(1));
        Try(() => list.IndexOf("no"));
        Try(() => list.IndexOf("no"u8.ToArray()));
        for (int i = 0; i < list.Count; i++)
        {
            Write(list, i);
            Read(list, i);
        }

        Assert.Equal(header, list.Block.ReadOnlySpan[..header.Length].ToArray());
        return true;
    }

    private static void Read(ShareableList list, int index)
    {
        Try(() => _ = list[index]);
        Try(() => list.Get<short>(index));
        Try(() => list.GetInt64(index));
        Try(() => list.GetDouble(index));
        Try(() => list.GetBoolean(index));
        Try(() => list.GetString(index));
        Try(() => list.GetBytes(index));
        Try(() => list.IsNull(index));
        Try(() => AssertWithin(list.Block, list.GetUtf8(index)));
        Try(() => AssertWithin(list.Block, list.GetBytesSpan(index)));
    }

    private static void Write(ShareableList list, int index)
    {
        Try(() => list[index] = "x");
        Try(() => list[index] = new byte[] { 1, 0 });
        Try(() => list[index] = new string('y', 300));
        Try(() => list.SetBytes(index, new byte[8]));
        Try(() => list.SetNull(index));
        Try(() => list.SetBoolean(index, true));
        Try(() => list.SetDouble(index, 1));
        Try(() => list.SetInt64(index, 1));
    }

    private static void Try(Action use)
    {
        try
        {
            use();
        }
        catch (InvalidDataException)
        {
        }
        catch (InvalidCastException)
        {
            // It has become another type.
        }
        catch (OverflowException)
        {
            // It has become a number too big for the type asked for.
        }
        catch (ArgumentException e) when (e is not ArgumentOutOfRangeException && e.ParamName == "value")
        {
            // The slot is too small for the value.
        }
    }

    private static void AssertWithin(SharedMemory block, ReadOnlySpan<byte> span)
    {
        if (span.Length > 0)
        {
            long start = (nint)Unsafe.AsPointer(ref Unsafe.AsRef(in span[0])) - block.Address;
            Assert.InRange(start, 0, block.Size - span.Length);
        }
    }
}
