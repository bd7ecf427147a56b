using System.Text;

namespace Multiprocessing;

/// <content>What looks at all items: search, format, text.</content>
public sealed partial class ShareableList
{
    /// <summary>
    /// The formats of all items, one after the other, as Python's <c>struct</c> names them: <c>q</c> int, <c>d</c> float,
    /// <c>xxxxxxx?</c> bool, <c>xxxxxx?x</c> None, <c>16s</c> a str or bytes in a slot of 16.
    /// </summary>
    /// <exception cref="InvalidDataException">There is something that is not a valid item: what was found and where.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public string Format
    {
        get
        {
            var format = new StringBuilder();
            for (int i = 0; i < Count; i++)
            {
                Slot slot = Locate(i);
                KindOf(i, slot);
                format.Append(ItemFormat.ToText(slot.Format));
            }

            return format.ToString();
        }
    }

    /// <summary>
    /// How many items equal a value, as Python compares: <c>true</c>, <c>1</c> and <c>1.0</c> are equal, NaN is not equal to itself,
    /// text and bytes never are. A value that no list holds equals no item.
    /// </summary>
    /// <inheritdoc cref="Format" path="/exception"/>
    public int CountOf(object? value)
    {
        PythonEquality wanted = PythonEquality.With(value);
        int count = 0;
        for (int i = 0; i < Count; i++)
        {
            count += IsEqual(i, in wanted) ? 1 : 0;
        }

        return count;
    }

    /// <summary>The index of the first item that equals a value, as <see cref="CountOf"/> compares; -1 if there is none.</summary>
    /// <inheritdoc cref="Format" path="/exception"/>
    public int IndexOf(object? value)
    {
        PythonEquality wanted = PythonEquality.With(value);
        for (int i = 0; i < Count; i++)
        {
            if (IsEqual(i, in wanted))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether an item equals a value, as <see cref="CountOf"/> compares: Python's <c>in</c>.</summary>
    /// <inheritdoc cref="Format" path="/exception"/>
    public bool Contains(object? value) => IndexOf(value) >= 0;

    /// <summary>
    /// The list as Python's <c>repr</c> writes it:
    /// <c>ShareableList(['howdy', b'HoWdY', -273.154, 100, None, True], name='psm_1a2b3c4d')</c>;
    /// without its items when it is disposed.
    /// </summary>
    /// <exception cref="InvalidDataException">There is something that is not a valid item: what was found and where.</exception>
    public override string ToString()
    {
        var text = new StringBuilder("ShareableList(");
        if (Block.IsDisposed)
        {
            text.Append("<disposed>");
        }
        else
        {
            text.Append('[');
            string separator = "";
            foreach (object? item in this)
            {
                PythonRepr.Append(text.Append(separator), item);
                separator = ", ";
            }

            text.Append(']');
        }

        return PythonRepr.Append(text.Append(", name="), Name).Append(')').ToString();
    }

    private bool IsEqual(int index, in PythonEquality wanted)
    {
        Slot slot = Locate(index);
        if (slot.Holds(ItemFormat.Int, ItemCode.Plain))
        {
            return wanted.Equals((long)slot.Word);
        }

        return KindOf(index, slot) switch
        {
            ItemKind.None => wanted.EqualsNone(),
            ItemKind.Bool => wanted.Equals(slot.Flag ? 1L : 0),
            ItemKind.Float => wanted.Equals(BitConverter.UInt64BitsToDouble(slot.Word)),
            ItemKind.Str => wanted.EqualsStr(ReadText(index, slot, ItemKind.Str)),
            _ => wanted.EqualsBytes(ReadText(index, slot, ItemKind.Bytes)),
        };
    }
}
