namespace Multiprocessing.Tests;

public sealed class ReprTests
{
    private static readonly string[] Texts =
    [
        "", "a", "it's", "say \"hi\"", "it's \"both\"", "back\\slash", "tab\tnew\nline\rreturn", "\0", "\x01\x1f\x7f", "\x80\x9f\xa0\xad",
        "é", "ñandú", "日本語", "\u200b\u200e\u2028\u2029", "\ufeff", "\ue000", "\U0001F600", "\U000E0001", "\U0010FFFF", "\u3000", "\u0378",
        "a\u0301", "'", "\"", "\\'", "\u00ff", "\u0100", "\uffff", "\U00010000",
    ];

    [Fact]
    public void ToString_is_what_Python_prints()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("howdy", "HoWdY"u8.ToArray(), -273.154, 100, null, true);

        Assert.Equal($"ShareableList(['howdy', b'HoWdY', -273.154, 100, None, True], name='{list.Name}')", list.ToString());
        Assert.Equal($"ShareableList([], name='{scratch.List().Name}')"[..20], scratch.List().ToString()[..20]);
    }

    [Theory, ClassData(typeof(PythonVersions))]
    public void A_whole_list_is_written_as_Python_writes_it(string version)
    {
        using var scratch = new Scratch();
        using var python = new PythonPeer(Python.Get(version));
        ShareableList list = scratch.List("it's", "say \"hi\"", new byte[] { 0, 39, 255 }, 1e16, 1e-5, -0.0, long.MinValue, false, null, "é\n");

        Assert.Equal((string)python.Ask("repr", list.Name)!, list.ToString());
    }

    [Fact]
    public void Floats_are_written_as_Python_writes_them()
    {
        var random = new Random(20240229);
        List<double> values =
        [
            0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1.5, 100.0, 123456789.0, 1e15, 1e16, 1e17, 123456789012345680.0, 9007199254740993.0,
            0.0001, 0.00001, 0.00012345, 1e22, 1e23, 1e-7, 5e-324, 2.2250738585072014e-308, double.MaxValue, double.MinValue,
            double.PositiveInfinity, double.NegativeInfinity, double.NaN, Math.PI, 1.0 / 3, 1e100, 9999999999999998.0, 9.5e-5,
        ];
        values.AddRange(Enumerable.Range(-1074, 2098).Select(static power => Math.ScaleB(1, power)));
        values.AddRange(Enumerable.Range(-320, 628).Select(static power => double.Parse($"1e{power}", null)));
        values.AddRange(Enumerable.Range(0, 2000).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))));
        values.AddRange(Enumerable.Range(0, 1000).Select(_ => random.Next(-1_000_000, 1_000_000) / 1000.0));

        AssertSameAsPython([.. values.Cast<object?>()]);
    }

    [Fact]
    public void Texts_are_written_as_Python_writes_them()
    {
        var random = new Random(20240301);
        List<object?> values = [.. Texts];
        for (int i = 0; i < 500; i++)
        {
            values.Add(string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Texts[random.Next(Texts.Length)])));
        }

        for (char c = '\0'; c < '\u0250'; c++)
        {
            values.Add(c.ToString());
        }

        AssertSameAsPython(values);
    }

    [Fact]
    public void Bytes_are_written_as_Python_writes_them()
    {
        var random = new Random(20240302);
        List<object?> values = [Array.Empty<byte>(), "it's"u8.ToArray(), "\""u8.ToArray(), "'\""u8.ToArray()];
        values.AddRange(Enumerable.Range(0, 256).Select(static b => new[] { (byte)b }));
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = new byte[random.Next(20)];
            random.NextBytes(bytes);
            values.Add(bytes);
        }

        AssertSameAsPython(values);
    }

    private static void AssertSameAsPython(List<object?> values) => Watchdog.Run(() =>
    {
        using var python = new PythonPeer(Python.Any);
        string[] expected = [.. python.Ask("reprs", PythonPeer.EncodeAll(values))!.AsArray().Select(static text => (string)text!)];
        Assert.Equal(expected, values.Select(static value => PythonRepr.Append(new(), value).ToString()));
    });
}
