using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>Objects that the server holds.</summary>
public abstract partial class SharedMemorySource
{
    /// <summary>Makes a dictionary that the server holds for all processes of the manager. One round trip.</summary>
    /// <param name="keep">Whether it stays until the manager ends; else it goes with the last who refers to it.</param>
    /// <param name="options">How keys and values are written as JSON.</param>
    /// <exception cref="SharedMemoryManagerException">The manager's server is gone, or holds as many objects as it may.</exception>
    /// <exception cref="ObjectDisposedException">The manager or scope has ended.</exception>
    [RequiresUnreferencedCode(ManagedValue.Unreferenced)]
    [RequiresDynamicCode(ManagedValue.Unreferenced)]
    public ManagedDictionary<TKey, TValue> CreateDictionary<TKey, TValue>(bool keep = false, JsonSerializerOptions? options = null)
        where TKey : notnull =>
        MakeDictionary(null, keep, ManagedValue<TKey>.Of(options), ManagedValue<TValue>.Of(options));

    /// <param name="key">How keys are written.</param>
    /// <param name="value">How values are written.</param>
    /// <param name="keep">Whether it stays until the manager ends; else it goes with the last who refers to it.</param>
    /// <inheritdoc cref="CreateDictionary{TKey, TValue}(bool, JsonSerializerOptions?)"/>
    public ManagedDictionary<TKey, TValue> CreateDictionary<TKey, TValue>(JsonTypeInfo<TKey> key, JsonTypeInfo<TValue> value, bool keep = false)
        where TKey : notnull =>
        MakeDictionary(null, keep, new ManagedValue<TKey>(Checked(key)), new ManagedValue<TValue>(Checked(value)));

    /// <summary>Attaches to a dictionary that this process or another has made, and refers to it from then on.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">How keys and values are written as JSON.</param>
    /// <exception cref="SharedMemoryManagerException">There is no such object (<see cref="SharedMemoryManagerError.ObjectNotFound"/>), or the manager is gone.</exception>
    /// <exception cref="InvalidDataException">It is of another kind.</exception>
    /// <exception cref="ObjectDisposedException">The manager or scope has ended.</exception>
    [RequiresUnreferencedCode(ManagedValue.Unreferenced)]
    [RequiresDynamicCode(ManagedValue.Unreferenced)]
    public ManagedDictionary<TKey, TValue> AttachDictionary<TKey, TValue>(string name, JsonSerializerOptions? options = null)
        where TKey : notnull =>
        MakeDictionary(Checked(name), false, ManagedValue<TKey>.Of(options), ManagedValue<TValue>.Of(options));

    /// <param name="name">Its name.</param>
    /// <param name="key">How keys are written.</param>
    /// <param name="value">How values are written.</param>
    /// <inheritdoc cref="AttachDictionary{TKey, TValue}(string, JsonSerializerOptions?)"/>
    public ManagedDictionary<TKey, TValue> AttachDictionary<TKey, TValue>(string name, JsonTypeInfo<TKey> key, JsonTypeInfo<TValue> value)
        where TKey : notnull =>
        MakeDictionary(Checked(name), false, new ManagedValue<TKey>(Checked(key)), new ManagedValue<TValue>(Checked(value)));

    /// <summary>Makes a list that grows and shrinks, which the server holds for all processes of the manager. One round trip.</summary>
    /// <inheritdoc cref="CreateDictionary{TKey, TValue}(bool, JsonSerializerOptions?)"/>
    [RequiresUnreferencedCode(ManagedValue.Unreferenced)]
    [RequiresDynamicCode(ManagedValue.Unreferenced)]
    public ManagedList<T> CreateManagedList<T>(bool keep = false, JsonSerializerOptions? options = null) =>
        MakeManagedList(null, keep, ManagedValue<T>.Of(options));

    /// <param name="value">How values are written.</param>
    /// <param name="keep">Whether it stays until the manager ends; else it goes with the last who refers to it.</param>
    /// <inheritdoc cref="CreateManagedList{T}(bool, JsonSerializerOptions?)"/>
    public ManagedList<T> CreateManagedList<T>(JsonTypeInfo<T> value, bool keep = false) =>
        MakeManagedList(null, keep, new ManagedValue<T>(Checked(value)));

    /// <summary>Attaches to a list that the server holds, and refers to it from then on.</summary>
    /// <inheritdoc cref="AttachDictionary{TKey, TValue}(string, JsonSerializerOptions?)"/>
    [RequiresUnreferencedCode(ManagedValue.Unreferenced)]
    [RequiresDynamicCode(ManagedValue.Unreferenced)]
    public ManagedList<T> AttachManagedList<T>(string name, JsonSerializerOptions? options = null) =>
        MakeManagedList(Checked(name), false, ManagedValue<T>.Of(options));

    /// <param name="name">Its name.</param>
    /// <param name="value">How values are written.</param>
    /// <inheritdoc cref="AttachManagedList{T}(string, JsonSerializerOptions?)"/>
    public ManagedList<T> AttachManagedList<T>(string name, JsonTypeInfo<T> value) =>
        MakeManagedList(Checked(name), false, new ManagedValue<T>(Checked(value)));

    /// <summary>Makes a set of named values, each of its own type, which the server holds for all processes of the manager. One round trip.</summary>
    /// <param name="keep">Whether it stays until the manager ends; else it goes with the last who refers to it.</param>
    /// <param name="options">How values are written as JSON by the members that are not told so.</param>
    /// <inheritdoc cref="CreateDictionary{TKey, TValue}(bool, JsonSerializerOptions?)" path="/exception"/>
    public ManagedNamespace CreateNamespace(bool keep = false, JsonSerializerOptions? options = null) => MakeNamespace(null, keep, options);

    /// <summary>Attaches to a namespace, and refers to it from then on.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">How values are written as JSON by the members that are not told so.</param>
    /// <inheritdoc cref="AttachDictionary{TKey, TValue}(string, JsonSerializerOptions?)" path="/exception"/>
    public ManagedNamespace AttachNamespace(string name, JsonSerializerOptions? options = null) => MakeNamespace(Checked(name), false, options);

    /// <summary>The one way to an object: made, or attached to if it has a name already, and kept in mind where that is needed.</summary>
    private protected abstract T MakeObject<T>(string kind, string? name, bool keep, Func<ObjectCalls, string, T> proxy)
        where T : ManagedObject;

    private static T Checked<T>(T argument)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(argument);
        return argument;
    }

    private ManagedDictionary<TKey, TValue> MakeDictionary<TKey, TValue>(string? name, bool keep, ManagedValue<TKey> key, ManagedValue<TValue> value)
        where TKey : notnull =>
        MakeObject(ObjectKinds.Dictionary, name, keep, (calls, made) => new ManagedDictionary<TKey, TValue>(calls, made, key, value));

    private ManagedList<T> MakeManagedList<T>(string? name, bool keep, ManagedValue<T> value) =>
        MakeObject(ObjectKinds.List, name, keep, (calls, made) => new ManagedList<T>(calls, made, value));

    private ManagedNamespace MakeNamespace(string? name, bool keep, JsonSerializerOptions? options) =>
        MakeObject(ObjectKinds.Namespace, name, keep, (calls, made) => new ManagedNamespace(calls, made, options));
}
