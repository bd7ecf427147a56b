namespace Multiprocessing;

/// <summary>An object that a manager's server holds, as <see cref="SharedMemoryManager.ListObjects"/> shows it.</summary>
/// <param name="Name">The name to attach by.</param>
/// <param name="Kind">What it is: <c>dictionary</c>, <c>list</c>, <c>namespace</c>.</param>
/// <param name="Count">How many items it has.</param>
/// <param name="Bytes">What it counts against the limit of 32 MiB an object: keys and values as JSON, and 32 for each item.</param>
/// <param name="References">How many proxies refer to it.</param>
/// <param name="IsKept">Whether it stays without them.</param>
public sealed record ManagedObjectInfo(string Name, string Kind, int Count, long Bytes, int References, bool IsKept);
