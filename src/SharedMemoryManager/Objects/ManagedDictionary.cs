using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// A dictionary that the server of a manager holds for all its processes (Python: <c>SyncManager.dict</c>). Made by <c>CreateDictionary</c>, attached to by
/// <c>AttachDictionary</c>.
/// </summary>
/// <typeparam name="TKey">Keys are equal if their JSON is, whoever wrote it: <c>1</c> and <c>1.0</c> are one key, <c>1</c> and <c>"1"</c> are two.</typeparam>
/// <typeparam name="TValue">Values travel as JSON: what is read is a copy, and to change it is to set it again.</typeparam>
/// <remarks>
/// Every member is one round trip and atomic, but for those that take a function: they run it here, between a look and a change that only holds if nobody else was
/// quicker, and run it again if somebody was. Enumerating goes through a snapshot. See <see cref="ManagedObject"/> for how long it lives.
/// </remarks>
public sealed class ManagedDictionary<TKey, TValue> : ManagedObject, IReadOnlyDictionary<TKey, TValue>
    where TKey : notnull
{
    private readonly ManagedValue<TKey> _key;
    private readonly ManagedValue<TValue> _value;

    internal ManagedDictionary(ObjectCalls calls, string name, ManagedValue<TKey> key, ManagedValue<TValue> value)
        : base(calls, name)
    {
        _key = key;
        _value = value;
    }

    /// <summary>How many items there are.</summary>
    /// <exception cref="SharedMemoryManagerException">The object or the manager is gone.</exception>
    /// <exception cref="ObjectDisposedException">This proxy is disposed.</exception>
    public int Count => AskInt32("count");

    /// <summary>The keys, as they are now.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public IReadOnlyList<TKey> Keys => Call("keys", false, _key, static (_, _) => { }, static (key, ref answer) => key.ReadAll(ref answer));

    /// <summary>The values, as they are now.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public IReadOnlyList<TValue> Values =>
        Call("values", false, _value, static (_, _) => { }, static (value, ref answer) => value.ReadAll(ref answer));

    /// <summary>The value of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is none, to read.</exception>
    /// <inheritdoc cref="Count" path="/exception"/>
    public TValue this[TKey key]
    {
        get => TryGetValue(key, out TValue? value) ? value : throw NotFound(key);
        set => Call("set", true, (this, key, value), WriteItem, static (_, ref _) => true);
    }

    /// <summary>Reads the value of a key; false if there is none.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        (bool found, value) = Ask("get", false, key, static (me, ref answer) => me._value.ReadOptional(ref answer));
        return found;
    }

    /// <summary>Whether there is a value for that key.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public bool ContainsKey(TKey key) => Ask("containsKey", false, key, static (_, ref answer) => answer.GetBoolean());

    /// <summary>Adds a value.</summary>
    /// <exception cref="ArgumentException">There is one for that key.</exception>
    /// <inheritdoc cref="Count" path="/exception"/>
    public void Add(TKey key, TValue value)
    {
        if (!TryAdd(key, value))
        {
            throw new ArgumentException($"There is a value for the key '{key}'.", nameof(key));
        }
    }

    /// <summary>Adds a value if there is none for that key (Python: <c>setdefault</c>, without its answer); false if there is.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public bool TryAdd(TKey key, TValue value) => Put("tryAdd", key, value, static (_, ref answer) => answer.GetBoolean());

    /// <summary>The value of a key, which is this one if there was none (Python: <c>setdefault</c>).</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public TValue GetOrAdd(TKey key, TValue value) => Put("getOrAdd", key, value, static (me, ref answer) => me._value.Read(ref answer));

    /// <summary>The value of a key; if there is none, it is made by <paramref name="make"/>, here, and somebody else's may be quicker.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        return TryGetValue(key, out TValue? value) ? value : GetOrAdd(key, make(key));
    }

    /// <summary>Sets many values at once: all or, if they are too many, none (Python: <c>update</c>).</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public void SetAll(IEnumerable<KeyValuePair<TKey, TValue>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Call("setAll", true, (Me: this, items), static (writer, all) =>
        {
            writer.WriteStartArray();
            foreach ((TKey key, TValue value) in all.items)
            {
                writer.WriteStartArray();
                WriteItem(writer, (all.Me, key, value));
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }, static (_, ref _) => true);
    }

    /// <summary>Sets a value if the one there is equals <paramref name="comparison"/>, as JSON; false if not, or if there is none.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public bool TryUpdate(TKey key, TValue value, TValue comparison) => Call(
        "compareAndSet",
        true,
        (Me: this, key, value, comparison),
        static (writer, asked) =>
        {
            WriteItem(writer, (asked.Me, asked.key, asked.value));
            asked.Me._value.Write(writer, asked.comparison);
        },
        static (asked, ref answer) => asked.Me._value.ReadComparison(ref answer).Held);

    /// <summary>Changes the value of a key to what <paramref name="change"/> makes of it; runs that again for as long as others are quicker.</summary>
    /// <returns>The new value.</returns>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    /// <inheritdoc cref="Count" path="/exception"/>
    public TValue Update(TKey key, Func<TValue, TValue> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Update(key, null, change);
    }

    /// <summary>The same, which adds a value if there is none.</summary>
    /// <returns>The new value.</returns>
    /// <inheritdoc cref="Count" path="/exception"/>
    public TValue AddOrUpdate(TKey key, TValue value, Func<TValue, TValue> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Update(key, () => value, change);
    }

    /// <summary>Removes a key; false if there was none.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public bool Remove(TKey key) => Remove(key, out _);

    /// <summary>Removes a key and says what its value was (Python: <c>pop</c>); false if there was none.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        (bool found, value) = Ask("remove", true, key, static (me, ref answer) => me._value.ReadOptional(ref answer));
        return found;
    }

    /// <summary>Removes everything.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public void Clear() => Change("clear");

    /// <summary>All items, as they are at one moment (Python: <c>copy</c>).</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public KeyValuePair<TKey, TValue>[] ToArray() => Call(
        "items",
        false,
        this,
        static (_, _) => { },
        static (me, ref answer) =>
        {
            var items = new List<KeyValuePair<TKey, TValue>>();
            while (answer.Read() && answer.TokenType == JsonTokenType.StartArray)
            {
                answer.Read();
                TKey key = me._key.Read(ref answer);
                answer.Read();
                items.Add(new(key, me._value.Read(ref answer)));
                answer.Read();
            }

            return items.ToArray();
        });

    /// <summary>Goes through the items as they are now.</summary>
    /// <inheritdoc cref="Count" path="/exception"/>
    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => ((IEnumerable<KeyValuePair<TKey, TValue>>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    IEnumerable<TKey> IReadOnlyDictionary<TKey, TValue>.Keys => Keys;

    IEnumerable<TValue> IReadOnlyDictionary<TKey, TValue>.Values => Values;

    private delegate TResult Reader<out TResult>(ManagedDictionary<TKey, TValue> me, ref Utf8JsonReader answer);

    private static KeyNotFoundException NotFound(TKey key) => new($"There is no value for the key '{key}'.");

    private static void WriteItem(Utf8JsonWriter writer, (ManagedDictionary<TKey, TValue> Me, TKey Key, TValue Value) item)
    {
        ArgumentNullException.ThrowIfNull(item.Key, "key");
        item.Me._key.Write(writer, item.Key);
        item.Me._value.Write(writer, item.Value);
    }

    private TResult Ask<TResult>(string operation, bool isChange, TKey key, Reader<TResult> read)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Call(
            operation,
            isChange,
            (Me: this, key, read),
            static (writer, asked) => asked.Me._key.Write(writer, asked.key),
            static (asked, ref answer) => asked.read(asked.Me, ref answer));
    }

    private TResult Put<TResult>(string operation, TKey key, TValue value, Reader<TResult> read)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Call(
            operation,
            true,
            (Me: this, key, value, read),
            static (writer, asked) => WriteItem(writer, (asked.Me, asked.key, asked.value)),
            static (asked, ref answer) => asked.read(asked.Me, ref answer));
    }

    private TValue Update(TKey key, Func<TValue>? make, Func<TValue, TValue> change)
    {
        (byte[]? raw, TValue? current) = Ask("get", false, key, static (me, ref answer) => me._value.ReadOptionalRaw(ref answer));
        while (true)
        {
            if (raw is null)
            {
                TValue first = make is null ? throw NotFound(key) : make();
                if (TryAdd(key, first))
                {
                    return first;
                }

                (raw, current) = Ask("get", false, key, static (me, ref answer) => me._value.ReadOptionalRaw(ref answer));
                continue;
            }

            // What was read is sent back as it was written: a value is equal to itself, however its type would write it again.
            TValue next = change(current!);
            (bool held, raw, current) = Call(
                "compareAndSet",
                true,
                (Me: this, key, next, raw),
                static (writer, asked) =>
                {
                    WriteItem(writer, (asked.Me, asked.key, asked.next));
                    writer.WriteRawValue(asked.raw, skipInputValidation: true);
                },
                static (asked, ref answer) => asked.Me._value.ReadComparison(ref answer));
            if (held)
            {
                return next;
            }
        }
    }
}
