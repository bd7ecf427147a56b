using System.Text;
using System.Text.Json.Nodes;

namespace Multiprocessing.Tests;

/// <summary>
/// Random lists and random assignments, done by CPython and by us, compared byte by byte after every step; with values where
/// CPython is right: no NULs at the end, and no text whose slot by characters is not that by bytes.
/// </summary>
public sealed class DifferentialTests
{
    private const int Lists = 1000;
    private const int MostItems = 12;
    private const int MostAssignments = 10;

    [Theory, ClassData(typeof(PythonVersions))]
    public void A_thousand_random_lists_have_the_same_bytes_after_every_step(string version)
    {
        Python python = Python.Get(version);
        Watchdog.Run(TimeSpan.FromMinutes(5), () =>
        {
            using var peer = new PythonPeer(python);
            for (int seed = 0; seed < Lists; seed++)
            {
                Compare(peer, seed + (1000 * python.Version.Minor));
            }
        });
    }

    private static void Compare(PythonPeer python, int seed)
    {
        var random = new Random(seed);
        object?[] items = [.. Enumerable.Range(0, random.Next(MostItems + 1)).Select(_ => Value(random, most: 40))];
        (int Index, object? Value)[] assignments = items.Length == 0
            ? []
            : [.. Enumerable.Range(0, random.Next(MostAssignments + 1)).Select(_ => Assignment(random, items))];

        using var scratch = new Scratch();
        ShareableList list = scratch.List(items);
        var ours = new List<string> { Scratch.Hex(list) };
        foreach ((int index, object? value) in assignments)
        {
            list[index] = value;
            ours.Add(Scratch.Hex(list));
        }

        JsonArray steps = [.. assignments.Select(static step => new JsonArray(step.Index, PythonPeer.Encode(step.Value)))];
        JsonNode theirs = python.Ask("history", PythonPeer.EncodeAll(items), steps)!;
        Assert.Equal((seed, string.Join('\n', theirs.AsArray().Select(static hex => (string)hex!))), (seed, string.Join('\n', ours)));
    }

    private static (int Index, object? Value) Assignment(Random random, object?[] items)
    {
        int index = random.Next(-items.Length, items.Length);
        int slot = SlotSize(items[index < 0 ? index + items.Length : index]);
        return (index, Value(random, most: slot));
    }

    /// <summary>A value of at most so many bytes, if it is a text or bytes.</summary>
    private static object? Value(Random random, int most) => random.Next(8) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-1000, 1000) * 1L,
        3 => random.NextInt64(long.MinValue, long.MaxValue),
        4 => Float(random),
        5 => Ascii(random, most),
        6 => Text(random, most),
        _ => Bytes(random, most),
    };

    private static double Float(Random random)
    {
        // Signalling NaNs do not survive the way through Python's own arithmetic.
        double value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        return double.IsNaN(value) ? double.NaN : random.Next(3) == 0 ? Math.Round(random.NextDouble() * 1000, 2) : value;
    }

    private static string Ascii(Random random, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => (char)random.Next(1, 128)));

    private static string Text(Random random, int most)
    {
        string[] characters = ["é", "ß", "日", "\U0001F600", "a", "b", "\0", "z"];
        while (true)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => characters[random.Next(characters.Length)]));
            int bytes = Encoding.UTF8.GetByteCount(text);
            if (bytes <= most && bytes / 8 == text.EnumerateRunes().Count() / 8 && !text.EndsWith('\0'))
            {
                return text;
            }
        }
    }

    private static byte[] Bytes(Random random, int most)
    {
        byte[] bytes = new byte[random.Next(most + 1)];
        random.NextBytes(bytes);
        if (bytes.Length > 0)
        {
            bytes[^1] |= 1;
        }

        return bytes;
    }

    private static int SlotSize(object? item) => item switch
    {
        string text => 8 * ((Encoding.UTF8.GetByteCount(text) / 8) + 1),
        byte[] bytes => 8 * ((bytes.Length / 8) + 1),
        _ => 8,
    };
}
