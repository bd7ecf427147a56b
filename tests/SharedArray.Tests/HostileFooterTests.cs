using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>Footers that lie, and what is no array at all.</summary>
public sealed class HostileFooterTests : IDisposable
{
    private const int Mutations = 10_000;
    private const int Waiters = 64;
    private static readonly long[] Interesting = [1, -1, 2, 7, 8, 9, 17, 18, 23, 32, 33, 64, 65, 292, 548, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 32, 1L << 61];

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Ten_thousand_mutated_footers_are_arrays_within_their_block_or_refused() => Watchdog.Run(TimeSpan.FromMinutes(5), () =>
    {
        byte[][] originals = [.. GoldenTests.Files.Select(static row => File.ReadAllBytes(Scratch.Golden(row.Data.Item1)))];
        int arrays = 0;

        // Most of them wait, for a creator that might finish them: many threads, and not the pool's, which gets more only by and by.
        Task.WaitAll(Enumerable.Range(0, Waiters).Select(first => Task.Factory.StartNew(
            () =>
            {
                for (int seed = first; seed < Mutations; seed += Waiters)
                {
                    Try(seed);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        // Some changes are of elements, and of what nobody reads.
        Assert.InRange(arrays, 1, Mutations - 1);

        void Try(int seed)
        {
            var random = new Random(seed);
            byte[] bytes = Mutated(random, originals[seed % originals.Length]);
            using var scratch = new Scratch();
            string name = scratch.Block(bytes);
            try
            {
                using SharedArray array = SharedArray.Attach(name);
                Assert.True(array.Size <= bytes.Length - 292, $"seed {seed}: {array.Size} bytes in {bytes.Length}");
                Assert.Equal(array.Shape.ToArray().Aggregate(1L, static (product, size) => product * size), array.Length);
                int sum = 0;
                for (long i = 0; i < array.Length; i++)
                {
                    sum += array.ElementAt(i)[^1];
                }

                Assert.NotNull(array.ToString());
                SharedArray.Delete(name);
                Interlocked.Increment(ref arrays);
            }
            catch (InvalidDataException e)
            {
                Assert.Contains(name, e.Message, StringComparison.Ordinal);
                Assert.Throws<InvalidDataException>(() => SharedArray.Delete(name));
            }
        }
    });

    [Fact]
    public void Every_single_bit_of_a_footer_may_flip() => Watchdog.Run(() =>
    {
        byte[] original = File.ReadAllBytes(Scratch.Golden("i4_3x4"));
        for (int bit = 8 * 48; bit < 8 * original.Length; bit++)
        {
            byte[] bytes = [.. original];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            FooterState state = Footer.TryRead(bytes, bytes.Length, out ArrayDescription found);
            if (state == FooterState.Array)
            {
                // The end of the magic, which the extension does not compare either; a type of the same size; dimensions past the rank.
                int at = (bit / 8) - 48;
                Assert.True(at is 14 or 15 or 24 or >= 52, $"byte {at} of the footer");
                Assert.Equal([3, 4], found.Shape);
                Assert.Equal(4, found.Type.ItemSize);
            }
            else
            {
                Assert.NotEqual("", Footer.Explain(state, bytes, bytes));
            }
        }
    });

    public static TheoryData<int, long, string> Lies => new()
    {
        { 16, 49, "49 bytes" }, { 16, -1, "-1 bytes" }, { 16, long.MaxValue, "of shape (3, 4)" },
        { 24, 17, "Python objects" }, { 24, 24, "type 24" }, { 24, -1, "type -1" }, { 24, 12, "type 12 with 4 bytes" },
        { 28, 8, "type 5 with 8 bytes" }, { 28, -4, "type 5 with -4 bytes" },
        { 32, 33, "33 dimensions" }, { 32, -1, "-1 dimensions" }, { 32, int.MinValue, "dimensions" }, { 32, 1, "of shape (3,)" }, { 32, 3, "of shape (3, 4, 0)" },
        { 36, -3, "shape is (-3, 4)" }, { 36, 1L << 61, "no array can have" }, { 44, 5, "of shape (3, 5)" }, { 36, 0, "of shape (0, 4)" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_lie_is_said_with_what_was_found(int offset, long value, string said)
    {
        byte[] bytes = File.ReadAllBytes(Scratch.Golden("i4_3x4"));
        Span<byte> field = bytes.AsSpan(48 + offset);
        if (offset is 16 or >= 36)
        {
            MemoryMarshal.Write(field, value);
        }
        else
        {
            MemoryMarshal.Write(field, (int)value);
        }

        string name = _scratch.Block(bytes);
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => SharedArray.Attach(name));
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(SharedPath(name)));
        Assert.DoesNotContain(SharedArray.List(), array => array.Name == name);
    }

    [Fact]
    public void A_shape_that_fits_its_size_but_not_the_block_is_refused()
    {
        byte[] bytes = File.ReadAllBytes(Scratch.Golden("i4_3x4"));
        MemoryMarshal.Write(bytes.AsSpan(48 + 36), 3_000_000L);
        MemoryMarshal.Write(bytes.AsSpan(48 + 16), 48_000_000L);
        Assert.Contains("not what is there", Assert.Throws<InvalidDataException>(() => SharedArray.Attach(_scratch.Block(bytes))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(288, "2.0 to 3.0")]
    [InlineData(160, "0.4 to 1.0")]
    public void Older_footers_are_told_by_name(int size, string version)
    {
        byte[] bytes = new byte[96 + size];
        "[SharedArray]"u8.CopyTo(bytes.AsSpan(96));
        bytes[^1] = 1;
        Assert.Contains(version, Assert.Throws<InvalidDataException>(() => SharedArray.Attach(_scratch.Block(bytes))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_header_of_the_first_versions_is_told_by_name()
    {
        byte[] bytes = [.. "[SharedArray]\0\0\0"u8, .. new byte[144], .. Enumerable.Repeat((byte)3, 1000)];
        Assert.Contains("0.1 to 0.3", Assert.Throws<InvalidDataException>(() => SharedArray.Attach(_scratch.Block(bytes))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(291)]
    [InlineData(292)]
    [InlineData(548)]
    [InlineData(5000)]
    public void What_is_no_array_is_said(int size)
    {
        string name = _scratch.Block([.. Enumerable.Repeat((byte)7, size)]);
        Assert.Contains("is not a SharedArray", Assert.Throws<InvalidDataException>(() => SharedArray.Attach(name)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_array_that_its_creator_never_finished_is_not_there_yet() => Watchdog.Run(() =>
    {
        byte[] whole = File.ReadAllBytes(Scratch.Golden("i4_3x4"));
        byte[] withoutFirst = [.. whole];
        withoutFirst[48] = 0;
        byte[] magicAlone = [.. whole[..64], .. new byte[whole.Length - 64]];
        foreach (byte[] bytes in (byte[][])[new byte[340], withoutFirst, magicAlone])
        {
            string name = _scratch.Block(bytes);
            Assert.Contains("not finished", Assert.Throws<InvalidDataException>(() => SharedArray.Attach(name)).Message, StringComparison.Ordinal);
            Assert.Contains("not finished", Assert.Throws<InvalidDataException>(() => SharedArray.Delete(name)).Message, StringComparison.Ordinal);
        }
    });

    [Fact]
    public void An_array_that_is_finished_while_one_waits_is_attached_to() => Watchdog.Run(() =>
    {
        byte[] whole = File.ReadAllBytes(Scratch.Golden("i4_3x4"));
        string name = _scratch.Block(new byte[whole.Length]);
        using SharedMemory block = SharedMemory.Attach(name);
        Task<SharedArray> attach = Task.Run(() => SharedArray.Attach(name));
        whole.AsSpan(49).CopyTo(block.Span[49..]);
        whole.AsSpan(0, 48).CopyTo(block.Span);
        Volatile.Write(ref block.Span[48], whole[48]);
        using SharedArray array = attach.GetAwaiter().GetResult();
        Assert.Equal(11, array.As<int>()[2, 3]);
    });

    [Fact]
    public void Room_between_the_elements_and_the_footer_is_allowed()
    {
        byte[] golden = File.ReadAllBytes(Scratch.Golden("i4_3x4"));
        byte[] bytes = [.. golden[..48], .. new byte[4000], .. golden[48..]];
        Assert.Equal(11, ((SharedArray<int>)_scratch.Attach(_scratch.Block(bytes)))[2, 3]);
    }

    private static string SharedPath(string name) => $"/dev/shm/{name}";

    /// <summary>Some of its fields, bytes or bits changed, or a part of it cut off.</summary>
    private static byte[] Mutated(Random random, byte[] original)
    {
        byte[] bytes = [.. original];
        int footer = bytes.AsSpan().IndexOf("[SharedArray]"u8);
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            switch (random.Next(5))
            {
                case 0:
                    bytes[random.Next(footer + 1, bytes.Length)] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[random.Next(footer + 1, Math.Min(footer + 70, bytes.Length))] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    int field = random.Next(3) switch { 0 => 24, 1 => 28, _ => 32 };
                    MemoryMarshal.Write(bytes.AsSpan(footer + field), (int)Interesting[random.Next(Interesting.Length)]);
                    break;
                case 3:
                    int wide = random.Next(2) == 0 ? 16 : 36 + (8 * random.Next(4));
                    MemoryMarshal.Write(bytes.AsSpan(footer + wide), Interesting[random.Next(Interesting.Length)]);
                    break;
                default:
                    bytes = random.Next(20) == 0 ? bytes[..random.Next(footer + 60, bytes.Length)] : bytes;
                    break;
            }
        }

        return bytes;
    }
}
