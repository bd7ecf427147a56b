using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>
/// Reads a pickle (protocols 0 to 5) of None, bool, int up to 64 bits, float, str, bytes, tuple, list and dict with str keys, and refuses every other: an
/// opcode that names a class, calls or builds something (GLOBAL, REDUCE, BUILD, EXT…, PERSID…), or one that CPython does not write for these, ends the reading.
/// So nothing that a peer sends is run, which is what makes a general reader dangerous.
/// </summary>
/// <remarks>
/// <para>A tuple becomes an <c>object?[]</c>, a list a <c>List&lt;object?&gt;</c>, a dict a <c>Dictionary&lt;string, object?&gt;</c>, an int a <c>long</c>.</para>
/// <para>No recursion, and every step takes at least one byte and makes at most one value: time and memory go with the length of the
/// message. A list may contain itself, so who walks a value must know how deep it goes.</para>
/// </remarks>
internal ref partial struct PickleReader
{
    private const int HighestProtocol = 5;

    /// <summary>Marks within marks, which is how deep things can be nested while they are read.</summary>
    private const int MostMarks = 64;

    private readonly ReadOnlySpan<byte> _pickle;
    private readonly int _mostValues;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = new();
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;
    private int _values;

    private PickleReader(ReadOnlySpan<byte> pickle, int mostValues)
    {
        _pickle = pickle;
        _mostValues = mostValues;
    }

    /// <summary>Reads one pickle, which must be all there is.</summary>
    /// <param name="pickle">Its bytes.</param>
    /// <param name="mostValues">How many values it may be made of.</param>
    /// <exception cref="PythonProtocolException">It is no pickle, or not of the kinds that are taken.</exception>
    internal static object? Read(ReadOnlySpan<byte> pickle, int mostValues) => new PickleReader(pickle, mostValues).Run();

    private object? Run()
    {
        while (true)
        {
            byte op = Byte();
            if (op == PickleOp.Stop)
            {
                return _at == _pickle.Length && _stack.Count == 1 && _marks.Count == 0
                    ? _stack[0]
                    : throw Refusal("it does not end where it says it does");
            }

            if (!TryScalar(op) && !TryContainer(op) && !TryMemo(op))
            {
                throw Refusal($"opcode 0x{op:x2} is not taken here");
            }
        }
    }

    private bool TryContainer(byte op)
    {
        switch (op)
        {
            case PickleOp.Mark:
                if (_marks.Count == MostMarks)
                {
                    throw Refusal("it is nested too deep");
                }

                _marks.Push(_stack.Count);
                break;
            case PickleOp.EmptyTuple:
                Push(Array.Empty<object?>());
                break;
            case PickleOp.Tuple1:
            case PickleOp.Tuple2:
            case PickleOp.Tuple3:
                Push(Pop(op - PickleOp.Tuple1 + 1));
                break;
            case PickleOp.Tuple:
                Push(PopToMark());
                break;
            case PickleOp.EmptyList:
                Push(new List<object?>());
                break;
            case PickleOp.List:
                Push(new List<object?>(PopToMark()));
                break;
            case PickleOp.Append:
                AddTo(Pop(1));
                break;
            case PickleOp.Appends:
                AddTo(PopToMark());
                break;
            case PickleOp.EmptyDictionary:
                Push(new Dictionary<string, object?>(StringComparer.Ordinal));
                break;
            case PickleOp.Dictionary:
                object?[] items = PopToMark();
                Push(new Dictionary<string, object?>(StringComparer.Ordinal));
                SetIn(items);
                break;
            case PickleOp.SetItem:
                SetIn(Pop(2));
                break;
            case PickleOp.SetItems:
                SetIn(PopToMark());
                break;
            default:
                return false;
        }

        return true;
    }

    private bool TryMemo(byte op)
    {
        switch (op)
        {
            case PickleOp.Memoize:
                _memo[(uint)_memo.Count] = Top();
                break;
            case PickleOp.Put1:
                _memo[Byte()] = Top();
                break;
            case PickleOp.Put4:
                _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top();
                break;
            case PickleOp.PutLine:
                _memo[IndexOfLine()] = Top();
                break;
            case PickleOp.Get1:
                PushMemo(Byte());
                break;
            case PickleOp.Get4:
                PushMemo(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                break;
            case PickleOp.GetLine:
                PushMemo(IndexOfLine());
                break;
            case PickleOp.Protocol:
                if (Byte() > HighestProtocol)
                {
                    throw Refusal("it is of a protocol that is not known here");
                }

                break;
            case PickleOp.Frame:
                // A hint for who reads from a file; here all of it has arrived.
                if (Length8() > _pickle.Length - _at)
                {
                    throw Refusal("a frame is longer than what is there");
                }

                break;
            default:
                return false;
        }

        return true;
    }

    private void Push(object? value)
    {
        if (++_values > _mostValues)
        {
            throw Refusal($"it is made of more than {_mostValues} values");
        }

        _stack.Add(value);
    }

    private void PushMemo(uint index) =>
        Push(_memo.TryGetValue(index, out object? value) ? value : throw Refusal("it refers to what it has not remembered"));

    /// <summary>Where what may be taken from the stack begins: nothing below a mark is to be had.</summary>
    private readonly int Floor => _marks.Count == 0 ? 0 : _marks.Peek();

    private readonly object? Top() => _stack.Count > Floor ? _stack[^1] : throw Refusal("it takes what is not there");

    private readonly object?[] Pop(int count)
    {
        if (_stack.Count - count < Floor)
        {
            throw Refusal("it takes what is not there");
        }

        object?[] values = [.. _stack[^count..]];
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private readonly object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Refusal("it closes what it has not opened");
        }

        object?[] values = Pop(_stack.Count - _marks.Peek());
        _marks.Pop();
        return values;
    }

    private readonly void AddTo(object?[] values)
    {
        if (Top() is not List<object?> list)
        {
            throw Refusal("it appends to what is no list");
        }

        list.AddRange(values);
    }

    private readonly void SetIn(object?[] keysAndValues)
    {
        if (Top() is not Dictionary<string, object?> dictionary || keysAndValues.Length % 2 != 0)
        {
            throw Refusal("it sets an item of what is no dict");
        }

        for (int i = 0; i < keysAndValues.Length; i += 2)
        {
            string key = keysAndValues[i] as string ?? throw Refusal("a key of a dict is no str");
            dictionary[key] = keysAndValues[i + 1];
        }
    }

    private readonly PythonProtocolException Refusal(string why) => new($"The pickle is refused at byte {_at}: {why}.");
}
