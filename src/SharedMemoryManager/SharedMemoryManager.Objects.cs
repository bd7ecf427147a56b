using System.Text.Json;

namespace Multiprocessing;

/// <summary>Objects that the server holds.</summary>
public sealed partial class SharedMemoryManager
{
    /// <summary>The objects that the server holds, in order of their names.</summary>
    /// <exception cref="SharedMemoryManagerException">The server is gone.</exception>
    public IReadOnlyList<ManagedObjectInfo> ListObjects() => _link.Objects.Call(
        "",
        "objects",
        false,
        0,
        static (_, _) => { },
        static (_, ref answer) => JsonSerializer.Deserialize(ref answer, ManagerJson.Default.ManagedObjectInfoArray)!);

    internal T MakeObjectForScope<T>(string kind, string? name, bool keep, Func<ObjectCalls, string, T> proxy)
        where T : ManagedObject =>
        MakeObject(kind, name, keep, proxy);

    private protected override T MakeObject<T>(string kind, string? name, bool keep, Func<ObjectCalls, string, T> proxy)
    {
        _link.ThrowIfEnded();
        return proxy(_link.Objects, name is null ? ManagedObject.Create(_link.Objects, kind, keep) : ManagedObject.Attach(_link.Objects, name, kind));
    }
}
