namespace Multiprocessing;

/// <summary>A block of a manager, as <see cref="SharedMemoryManager.ListBlocks"/> shows it.</summary>
/// <param name="Name">The name to attach by.</param>
/// <param name="Kind">What is in it: <c>block</c>, <c>list</c>.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="OwnerProcessId">The process that made it; 0 while that has not been told yet.</param>
/// <param name="Created">When it was made.</param>
public sealed record TrackedBlock(string Name, string Kind, long Size, int OwnerProcessId, DateTimeOffset Created);
