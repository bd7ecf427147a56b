namespace Multiprocessing;

/// <summary>What all locks and signals of this library have in common: a place in shared memory, and a name by which other processes attach.</summary>
/// <remarks>
/// Each begins with the header of our structures (magic, version, kind, size), so that an attach to anything else is an <see cref="InvalidDataException"/>.
/// <see cref="Dispose()"/> closes this process's view and never destroys the primitive. One that is disposed while a thread of this process still holds or waits
/// stays mapped until that thread is through.
/// </remarks>
public abstract class SharedPrimitive : IDisposable
{
    private protected SharedPrimitive(Placement placement) => Placement = placement;

    /// <summary>The name of the block, by which another process attaches.</summary>
    public string Name => Block.Name;

    /// <summary>The block that it lies in: one of its own, or the one that it was placed in.</summary>
    public SharedMemory Block => Placement.Block;

    /// <summary>Where in the block it begins, in bytes.</summary>
    public long ByteOffset => Placement.Offset;

    private protected Placement Placement { get; }

    /// <summary>Removes the name of its block: nobody can attach any more, and the memory goes when the last process has closed it.</summary>
    /// <exception cref="FileNotFoundException">The name is gone already.</exception>
    /// <exception cref="InvalidOperationException">It was placed in a block of the caller's, who unlinks that.</exception>
    public void Unlink() => Placement.Unlink();

    /// <summary>Closes this process's view. A block that it was placed in stays as it is.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name}('{Name}'{(ByteOffset == 0 ? "" : $", offset={ByteOffset}")})";

    /// <summary>Closes this process's view.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    protected virtual void Dispose(bool disposing) => Placement.Dispose();
}
