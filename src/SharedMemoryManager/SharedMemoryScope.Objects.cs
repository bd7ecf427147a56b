namespace Multiprocessing;

/// <summary>Objects that the server holds: the scope gives back the references that it handed out.</summary>
public sealed partial class SharedMemoryScope
{
    private readonly List<ManagedObject> _objects = [];

    private protected override T MakeObject<T>(string kind, string? name, bool keep, Func<ObjectCalls, string, T> proxy)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        T made = _manager.MakeObjectForScope(kind, name, keep, proxy);
        lock (_names)
        {
            if (!_ended)
            {
                _objects.Add(made);
                return made;
            }
        }

        // The scope ended in between: this one is too late to be its.
        made.Dispose();
        throw new ObjectDisposedException(nameof(SharedMemoryScope));
    }

    private void ReleaseObjects()
    {
        ManagedObject[] objects;
        lock (_names)
        {
            objects = [.. _objects];
            _objects.Clear();
        }

        Array.ForEach(objects, each => each.Dispose());
    }
}
