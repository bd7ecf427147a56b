using System.Text.Json.Serialization;

namespace Multiprocessing;

/// <summary>A block of a manager, as <see cref="SharedMemoryManager.ListBlocks"/> shows it.</summary>
/// <param name="Name">The name to attach by.</param>
/// <param name="Kind">
/// What is in it, as its type says (<see cref="ISharedStructure.Kind"/>): <c>block</c>, <c>list</c>, <c>array</c>, <c>area</c>, <c>slots</c>, <c>pool</c>, <c>ring</c>, <c>msgring</c>,
/// <c>queue</c>, <c>value</c>, <c>mutex</c>, <c>rwlock</c>, <c>sem</c>, <c>event</c>, <c>cond</c>, <c>barrier</c>, or what a type of yours says. While its maker has not told, what its header
/// says: <c>block</c> for plain blocks, lists and arrays, whose formats have none.
/// </param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="OwnerProcessId">The process that made it; 0 while that has not been told yet.</param>
/// <param name="Created">When it was made.</param>
public sealed record TrackedBlock(string Name, string Kind, long Size, int OwnerProcessId, DateTimeOffset Created)
{
    internal const string PlainKind = "block";

    /// <summary>How long it has been there.</summary>
    [JsonIgnore]
    public TimeSpan Age => DateTimeOffset.UtcNow - Created;
}
