using System.Globalization;
using System.Text.Json.Nodes;

namespace Multiprocessing.Tests;

/// <summary>A stock CPython with lists of its own, which answers one line of JSON for each line it is asked.</summary>
/// <remarks>Its resource tracker is kept out of it, or it would unlink whatever it attaches to.</remarks>
internal sealed class PythonPeer : IDisposable
{
    private const string Script = """
        import json, struct, sys
        from multiprocessing import resource_tracker
        resource_tracker.register = resource_tracker.unregister = lambda *args, **kwargs: None
        from multiprocessing.shared_memory import ShareableList

        def dec(v):
            t, x = v
            return {'n': lambda: None, 'b': lambda: x, 'i': lambda: int(x), 's': lambda: x,
                    'f': lambda: struct.unpack('>d', bytes.fromhex(x))[0], 'y': lambda: bytes.fromhex(x)}[t]()

        def enc(v):
            if v is None: return ['n', None]
            if isinstance(v, bool): return ['b', v]
            if isinstance(v, int): return ['i', str(v)]
            if isinstance(v, float): return ['f', struct.pack('>d', v).hex()]
            if isinstance(v, str): return ['s', v]
            return ['y', v.hex()]

        def decs(vs): return [dec(v) for v in vs]
        def hexof(sl): return bytes(sl.shm.buf).hex()
        open_lists = {}

        def attached(name):
            if name not in open_lists:
                open_lists[name] = ShareableList(name=name)
            return open_lists[name]

        def create(items):
            sl = ShareableList(decs(items))
            open_lists[sl.shm.name] = sl
            return [sl.shm.name, hexof(sl)]

        def history(items, assignments):
            sl = ShareableList(decs(items))
            try:
                steps = [hexof(sl)]
                for index, value in assignments:
                    sl[index] = dec(value)
                    steps.append(hexof(sl))
                return steps
            finally:
                sl.shm.close()
                sl.shm.unlink()

        ops = {
            'create': create,
            'history': history,
            'read': lambda name: [enc(v) for v in attached(name)],
            'get': lambda name, index: enc(attached(name)[index]),
            'set': lambda name, index, value: attached(name).__setitem__(index, dec(value)),
            'format': lambda name: attached(name).format,
            'repr': lambda name: repr(attached(name)),
            'count': lambda name, value: attached(name).count(dec(value)),
            'index': lambda name, value: attached(name).index(dec(value)),
            'close': lambda name: open_lists.pop(name).shm.close(),
            'reprs': lambda values: [repr(v) for v in decs(values)],
        }

        for line in sys.stdin:
            op, *args = json.loads(line)
            try:
                print(json.dumps([ops[op](*args)]))
            except Exception as e:
                print(json.dumps({'error': type(e).__name__ + ': ' + str(e)}))
        """;

    private readonly ConsoleProcess _process;

    public PythonPeer(Python python) => _process = python.Start(Script);

    /// <summary>Asks, and fails with Python's exception if it has one.</summary>
    public JsonNode? Ask(string operation, params JsonNode?[] arguments) =>
        TryAsk(out string? error, operation, arguments) is JsonArray answer
            ? answer[0]
            : throw new InvalidOperationException($"Python raised {error}");

    /// <summary>The exception that Python raises.</summary>
    public string AskForError(string operation, params JsonNode?[] arguments)
    {
        TryAsk(out string? error, operation, arguments);
        return error ?? throw new InvalidOperationException("Python raised nothing.");
    }

    public object?[] Read(string name) => DecodeAll(Ask("read", name));

    public void Dispose() => _process.Dispose();

    public static JsonArray Encode(object? value) => value switch
    {
        null => ["n", null],
        bool b => ["b", b],
        double d => ["f", BitConverter.DoubleToInt64Bits(d).ToString("x16", CultureInfo.InvariantCulture)],
        string s => ["s", s],
        byte[] bytes => ["y", Convert.ToHexStringLower(bytes)],
        _ => ["i", Convert.ToString(value, CultureInfo.InvariantCulture)],
    };

    public static JsonArray EncodeAll(IEnumerable<object?> values) => [.. values.Select(Encode)];

    public static object? Decode(JsonNode? value)
    {
        JsonNode? content = value![1];
        return (string)value[0]! switch
        {
            "n" => null,
            "b" => (bool)content!,
            "i" => long.Parse((string)content!, CultureInfo.InvariantCulture),
            "f" => BitConverter.Int64BitsToDouble(long.Parse((string)content!, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
            "s" => (string)content!,
            _ => Convert.FromHexString((string)content!),
        };
    }

    public static object?[] DecodeAll(JsonNode? values) => [.. values!.AsArray().Select(Decode)];

    private JsonArray? TryAsk(out string? error, string operation, JsonNode?[] arguments)
    {
        _process.WriteLine(new JsonArray([operation, .. arguments]).ToJsonString());
        JsonNode answer = JsonNode.Parse(_process.ReadLine())!;
        error = answer is JsonObject failure ? (string)failure["error"]! : null;
        return answer as JsonArray;
    }
}
