using System.Text.Json;

namespace Multiprocessing;

/// <summary>A list of JSON values. An index below zero counts from the end, as in Python: -1 is the last.</summary>
internal sealed class ServedList(string name, string kind, bool isKept, ObjectBudget budget) : ServedObject(name, kind, isKept, budget)
{
    private readonly List<byte[]> _items = [];

    internal override int Count => _items.Count;

    internal override bool Run(string operation, ObjectArguments arguments, Utf8JsonWriter result)
    {
        switch (operation)
        {
            case "get":
                result.WriteRawValue(_items[Index(arguments)], skipInputValidation: true);
                return false;
            case "count":
                result.WriteNumberValue(_items.Count);
                return false;
            case "items":
                WriteAll(result, _items);
                return false;
            case "range":
                (int start, int count) = Range(arguments);
                WriteAll(result, _items.GetRange(start, count));
                return false;
            case "indexOf":
                result.WriteNumberValue(IndexOf(arguments[0]));
                return false;
            default:
                return Change(operation, arguments, result);
        }
    }

    internal override void Save(BinaryWriter writer)
    {
        writer.Write(_items.Count);
        _items.ForEach(item => WriteBytes(writer, item));
    }

    internal override void Load(BinaryReader reader)
    {
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            Insert(_items.Count, ReadBytes(reader));
        }
    }

    private static long SizeOf(byte[] value) => value.Length + ObjectLimits.ItemBytes;

    private bool Change(string operation, ObjectArguments arguments, Utf8JsonWriter result)
    {
        switch (operation)
        {
            case "add":
                Insert(_items.Count, arguments.Value(0));
                result.WriteNumberValue(_items.Count - 1);
                return true;
            case "addAll":
                byte[][] added = [.. arguments.Items(0).Select(item => System.Text.Encoding.UTF8.GetBytes(item.GetRawText()))];
                Resize(added.Sum(SizeOf));
                _items.AddRange(added);
                result.WriteNullValue();
                return added.Length > 0;
            case "insert":
                Insert(Index(arguments, _items.Count + 1), arguments.Value(1));
                result.WriteNullValue();
                return true;
            case "set":
                Set(Index(arguments), arguments.Value(1));
                result.WriteNullValue();
                return true;
            case "compareAndSet":
                int place = Index(arguments);
                byte[] current = _items[place];
                bool holds = CanonicalJson.AreEqual(current, arguments[2]);
                if (holds)
                {
                    Set(place, arguments.Value(1));
                }

                WriteComparison(result, holds, current);
                return holds;
            case "removeAt":
                result.WriteRawValue(RemoveAt(Index(arguments)), skipInputValidation: true);
                return true;
            case "remove":
                int found = IndexOf(arguments[0]);
                result.WriteBooleanValue(found >= 0);
                return found >= 0 && RemoveAt(found) is not null;
            case "pop":
                byte[]? last = _items.Count > 0 ? RemoveAt(_items.Count - 1) : null;
                WriteOptional(result, last);
                return last is not null;
            case "clear":
                bool hadItems = _items.Count > 0;
                _items.Clear();
                Drop();
                result.WriteNullValue();
                return hadItems;
            case "reverse":
                _items.Reverse();
                result.WriteNullValue();
                return _items.Count > 1;
            case "sort":
                Sort(arguments.Count > 0 && arguments.Boolean(0));
                result.WriteNullValue();
                return _items.Count > 1;
            default:
                throw NoOperation(operation);
        }
    }

    private int Index(ObjectArguments arguments) => Index(arguments, _items.Count);

    /// <param name="arguments">The first of them is the index.</param>
    /// <param name="end">One behind the last that is allowed.</param>
    private int Index(ObjectArguments arguments, int end)
    {
        int given = arguments.Int32(0);
        int index = given < 0 ? given + _items.Count : given;
        return index >= 0 && index < end
            ? index
            : throw new LocalRpcException(JsonRpcErrorCode.IndexOutOfRange, $"There is no place {given} in a list of {_items.Count}.");
    }

    private (int Start, int Count) Range(ObjectArguments arguments)
    {
        int start = Index(arguments, _items.Count + 1);
        int count = arguments.Int32(1);
        return count >= 0 && count <= _items.Count - start
            ? (start, count)
            : throw new LocalRpcException(JsonRpcErrorCode.IndexOutOfRange, $"There are no {count} items from {start} on in a list of {_items.Count}.");
    }

    private int IndexOf(JsonElement value) => _items.FindIndex(item => CanonicalJson.AreEqual(item, value));

    private void Insert(int index, byte[] value)
    {
        Resize(SizeOf(value));
        _items.Insert(index, value);
    }

    private void Set(int index, byte[] value)
    {
        Resize(value.Length - _items[index].Length);
        _items[index] = value;
    }

    private byte[] RemoveAt(int index)
    {
        byte[] value = _items[index];
        _items.RemoveAt(index);
        Resize(-SizeOf(value));
        return value;
    }

    /// <summary>Sorts numbers by their size or strings by their code units; equal ones keep their order.</summary>
    private void Sort(bool descending)
    {
        using JsonDocument document = JsonDocument.Parse($"[{string.Join(',', _items.Select(System.Text.Encoding.UTF8.GetString))}]");
        JsonElement[] values = [.. document.RootElement.EnumerateArray()];
        byte[][] sorted;
        if (values.All(value => value.ValueKind == JsonValueKind.String))
        {
            sorted = Order(value => value.GetString()!, StringComparer.Ordinal);
        }
        else if (values.All(value => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _)))
        {
            sorted = Order(value => value.GetInt64(), Comparer<long>.Default);
        }
        else if (values.All(value => value.ValueKind == JsonValueKind.Number))
        {
            sorted = Order(value => value.GetDouble(), Comparer<double>.Default);
        }
        else
        {
            throw ObjectArguments.Wrong("only numbers, or strings, have an order");
        }

        _items.Clear();
        _items.AddRange(sorted);

        byte[][] Order<T>(Func<JsonElement, T> by, IComparer<T> comparer)
        {
            IEnumerable<int> places = Enumerable.Range(0, values.Length);
            places = descending ? places.OrderByDescending(i => by(values[i]), comparer) : places.OrderBy(i => by(values[i]), comparer);
            return [.. places.Select(i => _items[i])];
        }
    }
}
