namespace Multiprocessing;

/// <summary>
/// A list in shared memory whose items any process reads and assigns: what Python's
/// <c>multiprocessing.shared_memory.ShareableList</c> is, the same to the byte, so that stock CPython 3.9 and later attaches to
/// it by name, and the other way round.
/// </summary>
/// <remarks>
/// <para>Its length never changes, nor does the room of an item: 8 bytes, or for a str or bytes the next multiple of 8 above its
/// length in bytes. An item may be assigned a value of another type: anything of 8 bytes always fits.</para>
/// <para>What goes in and comes out:
/// <c>null</c> (None); <see cref="bool"/>; all integers as <see cref="long"/> (int); <see cref="Half"/>, <see cref="float"/> and
/// <see cref="double"/> as <see cref="double"/> (float); <see cref="string"/> (str); <c>byte[]</c>, <see cref="Memory{T}"/>,
/// <see cref="ReadOnlyMemory{T}"/> and <see cref="ArraySegment{T}"/> of bytes as <c>byte[]</c> (bytes).</para>
/// <para>Indexes from -<see cref="Count"/> to -1 count from the end, as in Python.</para>
/// <para>NULs at the end of a str or bytes, which CPython loses, are kept: the format of such an item says its exact length
/// (<c>3s</c>, or <c>08s</c> when it fills its 8 bytes). Stock Python reads it without those NULs; when it assigns to it, it keeps
/// the exact format, so it cuts a longer str or bytes down to that length without a word, and what it writes is read here with
/// NULs up to that length. An assignment from here, or one of another type from there, makes the item as any other.</para>
/// <para>There is no lock. One int, float, bool or None over another of its type is written at once; all else takes several
/// steps, and a reader in the midst of them may get bytes of both, or an <see cref="InvalidDataException"/>. Writers that meet
/// need a lock of their own. An assignment that is refused has changed nothing.</para>
/// <para>A block is never believed: each access checks where it leads, and what is no list, or no list any more, is an
/// <see cref="InvalidDataException"/> that says what was found.</para>
/// </remarks>
public sealed partial class ShareableList : IReadOnlyList<object?>, ISharedStructure
{
    private readonly ListLayout _layout;
    private readonly bool _isReadOnly;

    private ShareableList(SharedMemory block)
    {
        _layout = ListLayout.Read(block);
        _isReadOnly = block.IsReadOnly;
        Block = block;
    }

    string ISharedStructure.Kind => "list";

    /// <summary>The name by which another process attaches: pass it to <see cref="Attach"/>, or to Python.</summary>
    public string Name => Block.Name;

    /// <summary>The block that the list is in.</summary>
    public SharedMemory Block { get; }

    /// <summary>How many items there are.</summary>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public int Count
    {
        get
        {
            Block.ThrowIfDisposed();
            return _layout.Count;
        }
    }

    /// <summary>Makes a new list in a block of its own.</summary>
    /// <param name="items">Its items, walked once. Another list will do.</param>
    /// <param name="name">The name of the block; null for a random one of CPython's form (<c>psm_</c> and 8 hex digits).</param>
    /// <param name="options">How the block is created.</param>
    /// <exception cref="ArgumentException">
    /// An item is of a type that no list holds, longer than 9,999,991 bytes, or a string with a lone surrogate; or the name cannot be one.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An item is an integer of more than 64 bits.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made there.</exception>
    /// <remarks>A creation that fails leaves no block.</remarks>
    public static ShareableList Create(IEnumerable<object?> items, string? name = null, SharedMemoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new ShareableList(ListBuilder.Measure(items, nameof(items)).Build(name, options));
    }

    /// <summary>Attaches to a list that exists, whoever made it.</summary>
    /// <param name="name">The name of its block.</param>
    /// <param name="readOnly">Whether to map it for reading only: every assignment is then a <see cref="NotSupportedException"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    /// <exception cref="InvalidDataException">
    /// It is not a list: the message says what was found and where. It also tells a list of Python 3.8, which no later version
    /// reads, and a list that its creator has not finished.
    /// </exception>
    public static ShareableList Attach(string name, bool readOnly = false)
    {
        SharedMemory block = SharedMemory.Attach(name, readOnly);
        try
        {
            return new ShareableList(block);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="SharedMemory.Unlink"/>
    public void Unlink() => Block.Unlink();

    /// <summary>Closes this process's mapping. The list stays until somebody unlinks it.</summary>
    public void Dispose() => Block.Dispose();
}
