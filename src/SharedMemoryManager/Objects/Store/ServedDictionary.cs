using System.Text.Json;

namespace Multiprocessing;

/// <summary>A dictionary, or a namespace, which is one whose keys are names. Keys are canonical JSON, values are JSON as it came.</summary>
internal sealed class ServedDictionary(string name, string kind, bool isKept, ObjectBudget budget) : ServedObject(name, kind, isKept, budget)
{
    private readonly Dictionary<string, byte[]> _items = new(StringComparer.Ordinal);

    internal override int Count => _items.Count;

    internal override bool Run(string operation, ObjectArguments arguments, Utf8JsonWriter result)
    {
        switch (operation)
        {
            case "get":
                WriteOptional(result, _items.GetValueOrDefault(arguments.Key(0)));
                return false;
            case "containsKey":
                result.WriteBooleanValue(_items.ContainsKey(arguments.Key(0)));
                return false;
            case "count":
                result.WriteNumberValue(_items.Count);
                return false;
            case "keys":
                result.WriteStartArray();
                foreach (string key in _items.Keys)
                {
                    result.WriteRawValue(key, skipInputValidation: true);
                }

                result.WriteEndArray();
                return false;
            case "values":
                WriteAll(result, _items.Values);
                return false;
            case "items":
                WriteItems(result);
                return false;
            case "set":
                Set(arguments.Key(0), arguments.Value(1));
                result.WriteNullValue();
                return true;
            case "setAll":
                SetAll(arguments);
                result.WriteNullValue();
                return true;
            case "tryAdd":
                bool added = TryAdd(arguments.Key(0), arguments.Value(1));
                result.WriteBooleanValue(added);
                return added;
            case "getOrAdd":
                string wanted = arguments.Key(0);
                bool isNew = TryAdd(wanted, arguments.Value(1));
                result.WriteRawValue(_items[wanted], skipInputValidation: true);
                return isNew;
            case "compareAndSet":
                return CompareAndSet(arguments, result);
            case "remove":
                byte[]? removed = Remove(arguments.Key(0));
                WriteOptional(result, removed);
                return removed is not null;
            case "clear":
                bool hadItems = _items.Count > 0;
                _items.Clear();
                Drop();
                result.WriteNullValue();
                return hadItems;
            default:
                throw NoOperation(operation);
        }
    }

    internal override void Save(BinaryWriter writer)
    {
        writer.Write(_items.Count);
        foreach ((string key, byte[] value) in _items)
        {
            writer.Write(key);
            WriteBytes(writer, value);
        }
    }

    internal override void Load(BinaryReader reader)
    {
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            Set(reader.ReadString(), ReadBytes(reader));
        }
    }

    private static long SizeOf(string key, byte[] value) => key.Length + value.Length + ObjectLimits.ItemBytes;

    private void Set(string key, byte[] value)
    {
        Resize(_items.TryGetValue(key, out byte[]? old) ? value.Length - old.Length : SizeOf(key, value));
        _items[key] = value;
    }

    private bool TryAdd(string key, byte[] value)
    {
        if (_items.ContainsKey(key))
        {
            return false;
        }

        Set(key, value);
        return true;
    }

    private byte[]? Remove(string key)
    {
        if (_items.Remove(key, out byte[]? old))
        {
            Resize(-SizeOf(key, old));
        }

        return old;
    }

    /// <summary>All or nothing: what it takes is counted before the first item is set.</summary>
    private void SetAll(ObjectArguments arguments)
    {
        var items = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (JsonElement item in arguments.Items(0))
        {
            var pair = new ObjectArguments(item);
            items[pair.Key(0)] = pair.Value(1);
        }

        long bytes = 0;
        foreach ((string key, byte[] value) in items)
        {
            bytes += _items.TryGetValue(key, out byte[]? old) ? value.Length - old.Length : SizeOf(key, value);
        }

        Resize(bytes);
        foreach ((string key, byte[] value) in items)
        {
            _items[key] = value;
        }
    }

    private bool CompareAndSet(ObjectArguments arguments, Utf8JsonWriter result)
    {
        string key = arguments.Key(0);
        byte[]? current = _items.GetValueOrDefault(key);
        bool holds = current is not null && CanonicalJson.AreEqual(current, arguments[2]);
        if (holds)
        {
            Set(key, arguments.Value(1));
        }

        WriteComparison(result, holds, current);
        return holds;
    }

    private void WriteItems(Utf8JsonWriter result)
    {
        result.WriteStartArray();
        foreach ((string key, byte[] value) in _items)
        {
            result.WriteStartArray();
            result.WriteRawValue(key, skipInputValidation: true);
            result.WriteRawValue(value, skipInputValidation: true);
            result.WriteEndArray();
        }

        result.WriteEndArray();
    }
}
