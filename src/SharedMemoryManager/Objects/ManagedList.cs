using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// A list that grows and shrinks, which the server of a manager holds for all its processes (Python: <c>SyncManager.list</c>). Made by
/// <c>CreateManagedList</c>, attached to by <c>AttachManagedList</c>. Where the length is fixed, a <see cref="ShareableList"/> is a hundred times faster.
/// </summary>
/// <typeparam name="T">Values travel as JSON: what is read is a copy, and to change it is to set it again. They are equal if their JSON is.</typeparam>
/// <remarks>
/// Every member is one round trip and atomic, but for <see cref="Update"/>. Enumerating goes through a snapshot. An index below zero counts from the end, as
/// in Python, and so does <c>^1</c>. See <see cref="ManagedObject"/> for how long it lives.
/// </remarks>
public sealed class ManagedList<T> : ManagedObject, IReadOnlyList<T>
{
    private readonly ManagedValue<T> _value;

    internal ManagedList(ObjectCalls calls, string name, ManagedValue<T> value)
        : base(calls, name) => _value = value;

    /// <summary>How many items there are.</summary>
    /// <exception cref="SharedMemoryManagerException">The object or the manager is gone, or it would be too large.</exception>
    /// <exception cref="ObjectDisposedException">This proxy is disposed.</exception>
    public int Count => AskInt32("count");

    /// <summary>The item at that place.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    /// <inheritdoc cref="Count" path="/exception"/>
    public T this[int index]
    {
        get => At("get", false, index, static (me, ref answer) => me._value.Read(ref answer));
        set => Put("set", index, value);
    }

    /// <inheritdoc cref="this[int]"/>
    public T this[Index index]
    {
        get => this[FromEnd(index)];
        set => this[FromEnd(index)] = value;
    }

    /// <summary>Adds an item at the end and returns its place.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public int Add(T value) => With("add", true, value, static (_, ref answer) => answer.GetInt32());

    /// <summary>Adds many at the end, next to each other: all or, if they are too many, none.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public void AddRange(IEnumerable<T> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Call("addAll", true, (Me: this, values), static (writer, all) =>
        {
            writer.WriteStartArray();
            foreach (T value in all.values)
            {
                all.Me._value.Write(writer, value);
            }

            writer.WriteEndArray();
        }, static (_, ref _) => true);
    }

    /// <summary>Puts an item before the one at that place, or at the end.</summary>
    /// <inheritdoc cref="this[int]" path="/exception"/>
    public void Insert(int index, T value) => Put("insert", index, value);

    /// <summary>Removes the item at that place and returns it (Python: <c>pop</c>).</summary>
    /// <inheritdoc cref="this[int]" path="/exception"/>
    public T RemoveAt(int index) => At("removeAt", true, index, static (me, ref answer) => me._value.Read(ref answer));

    /// <summary>Removes the first item that is equal; false if there is none.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public bool Remove(T value) => With("remove", true, value, static (_, ref answer) => answer.GetBoolean());

    /// <summary>Removes the last item; false if there is none. Of several who take from one list, each gets another.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public bool TryPop([MaybeNullWhen(false)] out T value)
    {
        (bool found, value) = Call(
            "pop", true, _value, static (_, _) => { }, static (value, ref answer) => value.ReadOptional(ref answer));
        return found;
    }

    /// <summary>The place of the first item that is equal; -1 if there is none.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public int IndexOf(T value) => With("indexOf", false, value, static (_, ref answer) => answer.GetInt32());

    /// <summary>Whether there is an item that is equal.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public bool Contains(T value) => IndexOf(value) >= 0;

    /// <summary>Sets an item if the one there equals <paramref name="comparison"/>, as JSON; false if not.</summary>
    /// <inheritdoc cref="this[int]" path="/exception"/>
    public bool TryUpdate(int index, T value, T comparison) => Call(
        "compareAndSet",
        true,
        (Me: this, index, value, comparison),
        static (writer, asked) =>
        {
            writer.WriteNumberValue(asked.index);
            asked.Me._value.Write(writer, asked.value);
            asked.Me._value.Write(writer, asked.comparison);
        },
        static (asked, ref answer) => asked.Me._value.ReadComparison(ref answer).Held);

    /// <summary>
    /// Changes the item at that place to what <paramref name="change"/> makes of it. That runs here, between a look and a change that only holds if nobody else
    /// was quicker, and again for as long as others are.
    /// </summary>
    /// <returns>The new item.</returns>
    /// <inheritdoc cref="this[int]" path="/exception"/>
    public T Update(int index, Func<T, T> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        (byte[]? raw, T? current) = At("get", false, index, static (me, ref answer) => me._value.ReadRaw(ref answer));
        while (true)
        {
            T next = change(current!);
            (bool held, raw, current) = Call(
                "compareAndSet",
                true,
                (Me: this, index, next, raw),
                static (writer, asked) =>
                {
                    writer.WriteNumberValue(asked.index);
                    asked.Me._value.Write(writer, asked.next);
                    writer.WriteRawValue(asked.raw!, skipInputValidation: true);
                },
                static (asked, ref answer) => asked.Me._value.ReadComparison(ref answer));
            if (held)
            {
                return next;
            }
        }
    }

    /// <summary>Sorts numbers by size, or strings by their code units; equal ones keep their order.</summary>
    /// <exception cref="ArgumentException">There is something else in the list. It is unchanged.</exception>
    /// <inheritdoc cref="Count" path="/exception"/>
    public void Sort(bool descending = false) =>
        Call("sort", true, descending, static (writer, descends) => writer.WriteBooleanValue(descends), static (_, ref _) => true);

    /// <summary>Turns the order round.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public void Reverse() => Change("reverse");

    /// <summary>Removes everything.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public void Clear() => Change("clear");

    /// <summary>Some items, as they are at one moment.</summary>
    /// <inheritdoc cref="this[int]" path="/exception"/>
    public T[] GetRange(int index, int count) => Call(
        "range",
        false,
        (Me: this, index, count),
        static (writer, asked) =>
        {
            writer.WriteNumberValue(asked.index);
            writer.WriteNumberValue(asked.count);
        },
        static (asked, ref answer) => asked.Me._value.ReadAll(ref answer));

    /// <summary>All items, as they are at one moment.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public T[] ToArray() => Call("items", false, _value, static (_, _) => { }, static (value, ref answer) => value.ReadAll(ref answer));

    /// <summary>Goes through the items as they are now.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private delegate TResult Reader<out TResult>(ManagedList<T> me, ref Utf8JsonReader answer);

    private static int FromEnd(Index index) =>
        index.IsFromEnd && index.Value == 0
            ? throw new ArgumentOutOfRangeException(nameof(index), "^0 is behind the last item.")
            : index.IsFromEnd ? -index.Value : index.Value;

    private TResult At<TResult>(string operation, bool isChange, int index, Reader<TResult> read) => Call(
        operation,
        isChange,
        (Me: this, index, read),
        static (writer, asked) => writer.WriteNumberValue(asked.index),
        static (asked, ref answer) => asked.read(asked.Me, ref answer));

    private TResult With<TResult>(string operation, bool isChange, T value, Reader<TResult> read) => Call(
        operation,
        isChange,
        (Me: this, value, read),
        static (writer, asked) => asked.Me._value.Write(writer, asked.value),
        static (asked, ref answer) => asked.read(asked.Me, ref answer));

    private void Put(string operation, int index, T value) => Call(
        operation,
        true,
        (Me: this, index, value),
        static (writer, asked) =>
        {
            writer.WriteNumberValue(asked.index);
            asked.Me._value.Write(writer, asked.value);
        },
        static (_, ref _) => true);
}
