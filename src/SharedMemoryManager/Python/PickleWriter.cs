using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// Writes the few kinds of values that a manager's requests and answers are made of, in protocol 2 of <c>pickle</c>, which every Python 3 reads. What is
/// here an array is there a tuple, a list a list, a dictionary a dict.
/// </summary>
internal static class PickleWriter
{
    private const byte Protocol = 2;

    internal static byte[] Write(object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write([PickleOp.Protocol, Protocol]);
        WriteValue(output, value);
        output.Write([PickleOp.Stop]);
        return output.WrittenSpan.ToArray();
    }

    private static void WriteValue(ArrayBufferWriter<byte> output, object? value)
    {
        switch (value)
        {
            case null:
                output.Write([PickleOp.None]);
                break;
            case bool truth:
                output.Write([truth ? PickleOp.True : PickleOp.False]);
                break;
            case int number:
                output.Write([PickleOp.Int32]);
                BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), number);
                output.Advance(sizeof(int));
                break;
            case string text:
                WriteText(output, text);
                break;
            case object?[] tuple:
                output.Write([PickleOp.Mark]);
                WriteValues(output, tuple);
                output.Write([PickleOp.Tuple]);
                break;
            case IReadOnlyCollection<string> list:
                output.Write([PickleOp.EmptyList, PickleOp.Mark]);
                WriteValues(output, list);
                output.Write([PickleOp.Appends]);
                break;
            case IReadOnlyDictionary<string, object?> { Count: 0 }:
                output.Write([PickleOp.EmptyDictionary]);
                break;
            default:
                throw new ArgumentException($"A {value.GetType()} has no place in a message.", nameof(value));
        }
    }

    private static void WriteValues(ArrayBufferWriter<byte> output, IEnumerable<object?> values)
    {
        foreach (object? value in values)
        {
            WriteValue(output, value);
        }
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        output.Write([PickleOp.Text]);
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), bytes);
        output.Advance(sizeof(int));
        Encoding.UTF8.GetBytes(text, output.GetSpan(bytes));
        output.Advance(bytes);
    }
}
