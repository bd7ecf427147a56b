using System.Globalization;

namespace Multiprocessing;

/// <summary>Mutexes that a thread of this process holds: those that lie at the start of a block with a name.</summary>
internal static class LockLeaks
{
    private const string Kind = "mutex";

    /// <summary>Which, and by which thread.</summary>
    internal static IEnumerable<(string Name, int Thread)> Held()
    {
        foreach (string name in BlockBackend.Current.CanList ? BlockBackend.Current.ListNames("") : [])
        {
            if (!BlockName.IsOfTheHouse(name) && BlockBackend.Current.KindOf(name) == Kind && HolderOf(name) is int thread and not 0 && OwnDescriptors.IsOwnThread(thread))
            {
                yield return (name, thread);
            }
        }
    }

    /// <summary>Which are held now and were not then.</summary>
    internal static IEnumerable<Leak> Find(HashSet<(string Name, int Thread)> before, Surroundings around) =>
        Held().Where(held => !before.Contains(held)).Select(held => new Leak(
            LeakKinds.Locks, held.Name, string.Create(CultureInfo.InvariantCulture, $"a mutex that thread {held.Thread} of this process entered and has not left"))
        {
            Creators = around.Book.OfBlock(held.Name, 0),
        });

    private static int HolderOf(string name)
    {
        try
        {
            return SharedMutex.HolderOf(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return 0;
        }
    }
}
