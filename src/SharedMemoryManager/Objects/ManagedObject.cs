using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// A proxy of an object that the server of a manager holds: what Python's <c>SyncManager</c> hands out as <c>dict</c>, <c>list</c> and <c>Namespace</c>.
/// Each operation is one round trip to the server and happens there as a whole, whoever else calls.
/// </summary>
/// <remarks>
/// <para>The object lives for as long as somebody refers to it: each proxy is a reference, which ends with its <see cref="Dispose"/>, with its scope, and with the death of its
/// process, however that comes about. Who passes a <see cref="Name"/> on keeps his proxy until the other has attached, or makes the object
/// with <c>keep</c>: then it lives as long as the manager.</para>
/// <para>The server's death is no loss: the next server holds the same. A change that was in flight is made once, and the call returns what it would have. (Not on Windows,
/// where the memory in which the server writes it down goes with the server: there the objects are gone, which is <see cref="SharedMemoryManagerError.ObjectNotFound"/>.)</para>
/// <para>For changes of several steps there is <c>SharedMutex</c>: its holder's death hands it on. All members may be used by several threads at once.</para>
/// </remarks>
public abstract class ManagedObject : IDisposable
{
    private readonly ObjectCalls _calls;
    private bool _disposed;

    private protected ManagedObject(ObjectCalls calls, string name)
    {
        _calls = calls;
        Name = name;
    }

    /// <summary>What another process of the same manager attaches by.</summary>
    public string Name { get; }

    /// <summary>
    /// Gives the reference back. The last one takes the object with it, unless it was made with <c>keep</c>. A second call does nothing, and so does
    /// one after the end of the manager.
    /// </summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            try
            {
                _calls.Call(Name, "release", true, 0, static (_, _) => { }, static (_, ref _) => true);
            }
            catch (Exception e) when (e is SharedMemoryManagerException or ObjectDisposedException)
            {
                // The manager was quicker, and the object went with it.
            }
        }

        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name.Split('`')[0]}('{Name}')";

    /// <summary>Makes an object, to which this link refers from then on, and returns its name.</summary>
    internal static string Create(ObjectCalls calls, string kind, bool keep) => calls.Call(
        "",
        "create",
        true,
        (kind, keep),
        static (writer, made) =>
        {
            writer.WriteStringValue(made.kind);
            writer.WriteBooleanValue(made.keep);
        },
        static (_, ref answer) => answer.GetString()!);

    /// <summary>Refers to an object of that kind.</summary>
    internal static string Attach(ObjectCalls calls, string name, string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return calls.Call(name, "attach", true, (name, kind), static (writer, asked) => writer.WriteStringValue(asked.kind), static (asked, ref _) => asked.name);
    }

    private protected TResult Call<TState, TResult>(
        string operation, bool isChange, TState state, Action<Utf8JsonWriter, TState> write, AnswerReader<TState, TResult> read)
    {
        ThrowIfDisposed();
        return _calls.Call(Name, operation, isChange, state, write, read);
    }

    private protected void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);

    /// <summary>A call without arguments or answer.</summary>
    private protected void Change(string operation) => Call(operation, true, 0, static (_, _) => { }, static (_, ref _) => true);

    /// <summary>A call without arguments that is answered by a number.</summary>
    private protected int AskInt32(string operation) => Call(operation, false, 0, static (_, _) => { }, static (_, ref answer) => answer.GetInt32());
}
