using System.Globalization;
using System.Text;

namespace Multiprocessing.Tests;

/// <summary>The reader takes what Python writes for plain values, in each protocol, and refuses all that could do something.</summary>
public sealed class PickleReaderTests
{
    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void Plain_values_of_each_protocol_are_read_as_Python_has_them(string version) => Watchdog.Run(() =>
    {
        // One line a pickle: what it is, as far as it goes in both languages, and its bytes. Bytes exist from protocol 3 on; before, they are a call.
        const string script =
            """
            import pickle
            shared = ['x', 'x']
            values = [None, True, False, 0, 1, 255, 256, 65535, 65536, -1, 2**31, -2**31 - 1, 2**63 - 1, -2**63, 1.5, -0.0, float('inf'), float('-inf'),
                1e-300, '', 'a', 'é', 'a\\b\nc\r\0\x1a', '\U0001f600', 'long ' * 100, (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, 2, [3, ()]],
                {}, {'a': 1}, {'a': [1, {'b': (None,)}], 'c': 'a'}, (shared, shared, ('t', 1), ('t', 1)), (None, 'dummy', (), {}),
                [None] * 3000]
            def show(v):
                if isinstance(v, tuple): return '(' + ' '.join(map(show, v)) + ')'
                if isinstance(v, list): return '[' + ' '.join(map(show, v)) + ']'
                if isinstance(v, dict): return '{' + ' '.join(k + '=' + show(x) for k, x in v.items()) + '}'
                if isinstance(v, str): return 's' + v.encode().hex()
                if isinstance(v, bytes): return 'b' + v.hex()
                if isinstance(v, float): return 'f' + __import__('struct').pack('>d', v).hex()
                return str(v)
            for protocol in range(6):
                for value in values + ([b'', b'abc', b'\xff' * 300, [b'a', b'a']] if protocol > 2 else []):
                    print(show(value), pickle.dumps(value, protocol).hex(), sep='|')
            """;
        string[] lines = Python.Get(version).Run(script).Output.Split('\n');
        Assert.True(lines.Length > 200);
        foreach (string[] line in lines.Select(line => line.Split('|')))
        {
            Assert.Equal(line[0], Show(PickleReader.Read(Convert.FromHexString(line[1]), 10_000)));
        }
    });

    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void What_names_calls_or_builds_something_is_refused_in_each_protocol(string version) => Watchdog.Run(() =>
    {
        const string script =
            """
            import pickle, collections, datetime, os
            class Evil:
                def __reduce__(self):
                    return os.system, ('touch /tmp/psm_evil',)
            class State:
                def __init__(self): self.a = 1
            for protocol in range(6):
                for value in [Evil(), State(), os.system, ValueError('x'), datetime.date(2020, 1, 1), collections.OrderedDict(a=1), {1, 2}, frozenset([1]),
                        1 + 2j, bytearray(b'x'), 2**64, range(3), {1: 2}, {None: 1}, '\ud800', (None, 'track_segment', (Evil(),), {})]:
                    print(pickle.dumps(value, protocol).hex())
            """;
        foreach (string line in Python.Get(version).Run(script).Output.Split('\n'))
        {
            Assert.Throws<PythonProtocolException>(() => PickleReader.Read(Convert.FromHexString(line), 10_000));
        }

        Assert.False(File.Exists("/tmp/psm_evil"));
    });

    [Fact]
    public void Every_other_opcode_is_refused()
    {
        byte[] known =
        [
            PickleOp.Protocol, PickleOp.Frame, PickleOp.Stop, PickleOp.Mark, PickleOp.None, PickleOp.True, PickleOp.False, PickleOp.IntegerLine,
            PickleOp.LongLine, PickleOp.Int32, PickleOp.UInt8, PickleOp.UInt16, PickleOp.Long1, PickleOp.FloatLine, PickleOp.Float, PickleOp.TextLine,
            PickleOp.ShortText, PickleOp.Text, PickleOp.Text8, PickleOp.ShortBytes, PickleOp.Bytes, PickleOp.Bytes8, PickleOp.EmptyTuple, PickleOp.Tuple1,
            PickleOp.Tuple2, PickleOp.Tuple3, PickleOp.Tuple, PickleOp.EmptyList, PickleOp.List, PickleOp.Append, PickleOp.Appends,
            PickleOp.EmptyDictionary, PickleOp.Dictionary, PickleOp.SetItem, PickleOp.SetItems, PickleOp.PutLine, PickleOp.Put1, PickleOp.Put4,
            PickleOp.Memoize, PickleOp.GetLine, PickleOp.Get1, PickleOp.Get4,
        ];
        for (int op = 0; op < 256; op++)
        {
            if (!known.Contains((byte)op))
            {
                var e = Assert.Throws<PythonProtocolException>(() => PickleReader.Read([PickleOp.None, (byte)op, 0, 0, 0, 0, 0, PickleOp.Stop], 10));
                Assert.Contains($"0x{op:x2}", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("NN.")]
    [InlineData("N.N")]
    [InlineData("(N.")]
    [InlineData("t.")]
    [InlineData("N(t")]
    [InlineData("\u0086.")]
    [InlineData("N\u0086.")]
    [InlineData("(N\u0086.")]
    [InlineData("N(\u0085.")]
    [InlineData("](Na.")]
    [InlineData("NNa.")]
    [InlineData("(NNe.")]
    [InlineData("}N.s.")]
    [InlineData("}(Nu.")]
    [InlineData("}(NNu.")]
    [InlineData("]NNs.")]
    [InlineData("h\u0000.")]
    [InlineData("\u0094.")]
    [InlineData("(\u0094.")]
    [InlineData("I1x\n.")]
    [InlineData("I\n.")]
    [InlineData("I99999999999999999999\n.")]
    [InlineData("F1,5\n.")]
    [InlineData("Vabc.")]
    [InlineData("V\\u12\n.")]
    [InlineData("V\\ud800\n.")]
    [InlineData("V\\U00110000\n.")]
    [InlineData("X\u00ff\u00ff\u00ff\u007fabc.")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ffabc.")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffabc.")]
    [InlineData("\u008c\u0002\u00c3\u0028.")]
    [InlineData("\u008a\u0009\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001.")]
    [InlineData("\u0080\u0006N.")]
    [InlineData("\u0095\u0009\u0000\u0000\u0000\u0000\u0000\u0000\u0000N.")]
    [InlineData("g-1\n.")]
    public void What_is_no_pickle_is_refused(string pickle) =>
        Assert.Throws<PythonProtocolException>(() => PickleReader.Read(Encoding.Latin1.GetBytes(pickle), 10));

    [Fact]
    public void There_are_limits_to_depth_and_number()
    {
        Assert.Throws<PythonProtocolException>(() => PickleReader.Read(Encoding.Latin1.GetBytes(new string('(', 65)), 1000));
        Assert.Throws<PythonProtocolException>(() => PickleReader.Read(Encoding.Latin1.GetBytes("(" + new string('N', 1001) + "t."), 1000));
        Assert.Equal(998, ((object?[])PickleReader.Read(Encoding.Latin1.GetBytes("(" + new string('N', 998) + "t."), 1000)!).Length);
    }

    [Fact]
    public void A_list_that_contains_itself_is_read_and_is_no_request()
    {
        List<object?> list = Assert.IsType<List<object?>>(PickleReader.Read(Encoding.Latin1.GetBytes("]\u0094h\0a."), 10));
        Assert.Same(list, Assert.Single(list));
        object?[] answer = new PythonService(new BlockTable("psm_test_"), 0).Answer(list);
        Assert.Equal("#TRACEBACK", answer[0]);
    }

    /// <summary>As the script shows it.</summary>
    private static string Show(object? value) => value switch
    {
        null => "None",
        bool truth => truth ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => "f" + BitConverter.DoubleToUInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture),
        string text => "s" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        byte[] bytes => "b" + Convert.ToHexStringLower(bytes),
        object?[] tuple => $"({string.Join(' ', tuple.Select(Show))})",
        List<object?> list => $"[{string.Join(' ', list.Select(Show))}]",
        Dictionary<string, object?> dictionary => $"{{{string.Join(' ', dictionary.Select(pair => $"{pair.Key}={Show(pair.Value)}"))}}}",
        _ => throw new ArgumentException(value.GetType().Name),
    };
}
