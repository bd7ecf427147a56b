namespace Multiprocessing;

/// <summary>
/// Something that lies in one block of shared memory, under whose name other processes attach to it: a plain block, and every container, lock and signal of this library.
/// A type of your own that implements it is handed out by a manager like the others (<c>SharedMemorySource.Create</c>).
/// </summary>
/// <remarks>
/// What is to be made by a manager has the life of its block: nothing of it stays outside of that, or goes by another name.
/// </remarks>
public interface ISharedStructure : IDisposable
{
    /// <summary>
    /// What it is, in one lower-case word: <c>block</c>, <c>list</c>, <c>mutex</c>, <c>ring</c>, … Lists of blocks show it. A structure that begins with this library's header has the
    /// same word there.
    /// </summary>
    string Kind { get; }

    /// <summary>The name by which another process attaches.</summary>
    string Name { get; }

    /// <summary>The block that it lies in.</summary>
    SharedMemory Block { get; }

    /// <summary>Removes the name: nobody can attach any more, and the memory goes when the last process has closed it.</summary>
    /// <exception cref="FileNotFoundException">The name is gone already.</exception>
    void Unlink();
}
