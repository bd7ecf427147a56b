using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>
/// Named values, each of its own type, which the server of a manager holds for all its processes (Python: <c>SyncManager.Namespace</c>). Made by
/// <c>CreateNamespace</c>, attached to by <c>AttachNamespace</c>.
/// </summary>
/// <remarks>
/// Values travel as JSON. Every member is one round trip and atomic, but for <c>Update</c>. See <see cref="ManagedObject"/> for how long it lives.
/// </remarks>
public sealed class ManagedNamespace : ManagedObject
{
    private static readonly ManagedValue<string> Text = new(ManagerJson.Default.String);

    private readonly ObjectCalls _calls;
    private readonly JsonSerializerOptions? _options;

    internal ManagedNamespace(ObjectCalls calls, string name, JsonSerializerOptions? options)
        : base(calls, name)
    {
        _calls = calls;
        _options = options;
    }

    /// <summary>The names that there are now.</summary>
    /// <exception cref="SharedMemoryManagerException">The object or the manager is gone.</exception>
    /// <exception cref="ObjectDisposedException">This proxy is disposed.</exception>
    public IReadOnlyList<string> Names => Call("keys", false, 0, static (_, _) => { }, static (_, ref answer) => Text.ReadAll(ref answer));

    /// <summary>The value of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    /// <exception cref="JsonException">It is of another type.</exception>
    /// <inheritdoc cref="Names" path="/exception"/>
    [RequiresUnreferencedCode(ManagedValue.Unreferenced)]
    [RequiresDynamicCode(ManagedValue.Unreferenced)]
    public T Get<T>(string name) => View(ManagedValue<T>.Of(_options))[Checked(name)];

    /// <inheritdoc cref="Get{T}(string)"/>
    public T Get<T>(string name, JsonTypeInfo<T> type) => View(type)[Checked(name)];

    /// <summary>Reads the value of a name; false if there is none.</summary>
    /// <exception cref="JsonException">It is of another type.</exception>
    /// <inheritdoc cref="Names" path="/exception"/>
    [RequiresUnreferencedCode(ManagedValue.Unreferenced)]
    [RequiresDynamicCode(ManagedValue.Unreferenced)]
    public bool TryGet<T>(string name, [MaybeNullWhen(false)] out T value) => View(ManagedValue<T>.Of(_options)).TryGetValue(Checked(name), out value);

    /// <inheritdoc cref="TryGet{T}(string, out T)"/>
    public bool TryGet<T>(string name, JsonTypeInfo<T> type, [MaybeNullWhen(false)] out T value) => View(type).TryGetValue(Checked(name), out value);

    /// <summary>Sets the value of a name.</summary>
    /// <inheritdoc cref="Names" path="/exception"/>
    [RequiresUnreferencedCode(ManagedValue.Unreferenced)]
    [RequiresDynamicCode(ManagedValue.Unreferenced)]
    public void Set<T>(string name, T value) => View(ManagedValue<T>.Of(_options))[Checked(name)] = value;

    /// <inheritdoc cref="Set{T}(string, T)"/>
    public void Set<T>(string name, T value, JsonTypeInfo<T> type) => View(type)[Checked(name)] = value;

    /// <summary>Changes the value of a name to what <paramref name="change"/> makes of it; runs that again for as long as others are quicker.</summary>
    /// <returns>The new value.</returns>
    /// <inheritdoc cref="Get{T}(string)" path="/exception"/>
    [RequiresUnreferencedCode(ManagedValue.Unreferenced)]
    [RequiresDynamicCode(ManagedValue.Unreferenced)]
    public T Update<T>(string name, Func<T, T> change) => View(ManagedValue<T>.Of(_options)).Update(Checked(name), change);

    /// <inheritdoc cref="Update{T}(string, Func{T, T})"/>
    public T Update<T>(string name, Func<T, T> change, JsonTypeInfo<T> type) => View(type).Update(Checked(name), change);

    /// <summary>Whether there is a value of that name.</summary>
    /// <inheritdoc cref="Names" path="/exception"/>
    public bool Contains(string name) => View(Text).ContainsKey(Checked(name));

    /// <summary>Removes a name; false if there was none.</summary>
    /// <inheritdoc cref="Names" path="/exception"/>
    public bool Remove(string name) => Call(
        "remove",
        true,
        Checked(name),
        static (writer, removed) => writer.WriteStringValue(removed),
        static (_, ref answer) => answer.Read() && answer.TokenType != JsonTokenType.EndArray);

    private static string Checked(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name;
    }

    private ManagedDictionary<string, T> View<T>(JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return View(new ManagedValue<T>(type));
    }

    /// <summary>The same object as a dictionary of values of one type: a view, which is no reference and is never disposed.</summary>
    private ManagedDictionary<string, T> View<T>(ManagedValue<T> value)
    {
        ThrowIfDisposed();
        return new ManagedDictionary<string, T>(_calls, Name, Text, value);
    }
}
