using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>Reading by type. Nothing is boxed, and nothing allocated but a string or an array that is returned.</content>
public sealed unsafe partial class ShareableList
{
    /// <summary>Whether the item is None.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="InvalidDataException">It is not a valid item: what was found and where.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public bool IsNull(int index)
    {
        Slot slot = Locate(index);
        return slot.Holds(ItemFormat.None, ItemCode.None) || KindOf(index, slot) == ItemKind.None;
    }

    /// <summary>Reads an int.</summary>
    /// <exception cref="InvalidCastException">It is something else; the message says what.</exception>
    /// <inheritdoc cref="IsNull" path="/exception"/>
    public long GetInt64(int index)
    {
        Slot slot = Locate(index);
        return slot.Holds(ItemFormat.Int, ItemCode.Plain) ? (long)slot.Word : throw NotThat(index, slot, ItemKind.Int);
    }

    /// <summary>Reads a float.</summary>
    /// <inheritdoc cref="GetInt64"/>
    public double GetDouble(int index)
    {
        Slot slot = Locate(index);
        return slot.Holds(ItemFormat.Float, ItemCode.Plain)
            ? BitConverter.UInt64BitsToDouble(slot.Word)
            : throw NotThat(index, slot, ItemKind.Float);
    }

    /// <summary>Reads a bool.</summary>
    /// <inheritdoc cref="GetInt64"/>
    public bool GetBoolean(int index)
    {
        Slot slot = Locate(index);
        return slot.Holds(ItemFormat.Bool, ItemCode.Plain) ? slot.Flag : throw NotThat(index, slot, ItemKind.Bool);
    }

    /// <summary>Reads a str.</summary>
    /// <exception cref="InvalidDataException">It is not UTF-8, or not a valid item: what was found and where.</exception>
    /// <inheritdoc cref="GetInt64"/>
    public string GetString(int index) =>
        Utf8Text.TryRead(Read(index, ItemCode.Str, ItemKind.Str), out string text) ? text : throw NotUtf8(index);

    /// <summary>Reads a bytes, as an array of the caller's own.</summary>
    /// <inheritdoc cref="GetInt64"/>
    public byte[] GetBytes(int index) => Read(index, ItemCode.Bytes, ItemKind.Bytes).ToArray();

    /// <summary>
    /// The UTF-8 of a str, in the block itself: no copy, and no check that it is UTF-8. It changes when the item is assigned, and
    /// must not be used after <see cref="Dispose"/>.
    /// </summary>
    /// <inheritdoc cref="GetInt64"/>
    public ReadOnlySpan<byte> GetUtf8(int index) => Read(index, ItemCode.Str, ItemKind.Str);

    /// <summary>
    /// The bytes of a bytes, in the block itself: no copy. They change when the item is assigned, and must not be used after
    /// <see cref="Dispose"/>.
    /// </summary>
    /// <inheritdoc cref="GetInt64"/>
    public ReadOnlySpan<byte> GetBytesSpan(int index) => Read(index, ItemCode.Bytes, ItemKind.Bytes);
}
