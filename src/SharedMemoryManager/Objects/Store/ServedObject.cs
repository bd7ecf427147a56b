using System.Text.Json;

namespace Multiprocessing;

/// <summary>An object that the server holds for its clients. Its operations are atomic because the store runs one at a time.</summary>
/// <remarks>
/// An operation looks at its arguments and at the limits before it changes anything: one that fails has changed nothing. It depends on nothing but the object
/// and the arguments, so that running it again from the journal gives the same.
/// </remarks>
internal abstract class ServedObject(string name, string kind, bool isKept, ObjectBudget budget)
{
    internal string Name => name;

    internal string Kind => kind;

    /// <summary>Whether it stays when nobody refers to it.</summary>
    internal bool IsKept => isKept;

    /// <summary>How many references there are to it.</summary>
    internal int References { get; set; }

    /// <summary>How much it counts against the limits.</summary>
    internal long Bytes { get; private set; }

    internal abstract int Count { get; }

    /// <summary>Runs an operation; returns whether it changed the object.</summary>
    /// <exception cref="LocalRpcException">It cannot be run. The object is unchanged.</exception>
    internal abstract bool Run(string operation, ObjectArguments arguments, Utf8JsonWriter result);

    /// <summary>Writes all items for <see cref="Load"/>.</summary>
    internal abstract void Save(BinaryWriter writer);

    internal abstract void Load(BinaryReader reader);

    /// <summary>Gives back what it counted.</summary>
    internal void Drop() => Resize(-Bytes);

    /// <summary>Counts a change of size, before it is made.</summary>
    /// <exception cref="LocalRpcException">It would be too large.</exception>
    protected void Resize(long bytes)
    {
        if (bytes > 0 && Bytes + bytes > ObjectLimits.MostObjectBytes)
        {
            throw new LocalRpcException(
                JsonRpcErrorCode.ObjectLimit, $"The object {name} would have {Bytes + bytes} bytes; an object may have {ObjectLimits.MostObjectBytes}.");
        }

        if (bytes > 0 && budget.Bytes + bytes > ObjectLimits.MostBytes)
        {
            throw new LocalRpcException(
                JsonRpcErrorCode.ObjectLimit, $"The objects of the manager would have {budget.Bytes + bytes} bytes; they may have {ObjectLimits.MostBytes}.");
        }

        Bytes += bytes;
        budget.Bytes += bytes;
    }

    protected LocalRpcException NoOperation(string operation) =>
        new(JsonRpcErrorCode.MethodNotFound, $"A {kind} has no operation '{operation}'.");

    /// <summary>Writes none or one value, as an array.</summary>
    protected static void WriteOptional(Utf8JsonWriter result, byte[]? value)
    {
        result.WriteStartArray();
        if (value is not null)
        {
            result.WriteRawValue(value, skipInputValidation: true);
        }

        result.WriteEndArray();
    }

    /// <summary>Writes whether a comparison held, and if not, what there is instead.</summary>
    protected static void WriteComparison(Utf8JsonWriter result, bool held, byte[]? current)
    {
        result.WriteStartArray();
        result.WriteBooleanValue(held);
        if (!held && current is not null)
        {
            result.WriteRawValue(current, skipInputValidation: true);
        }

        result.WriteEndArray();
    }

    protected static void WriteAll(Utf8JsonWriter result, IEnumerable<byte[]> values)
    {
        result.WriteStartArray();
        foreach (byte[] value in values)
        {
            result.WriteRawValue(value, skipInputValidation: true);
        }

        result.WriteEndArray();
    }

    protected static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.ReadInt32());

    protected static void WriteBytes(BinaryWriter writer, byte[] bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }
}
