using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A table of slots of one size in shared memory, which any process grabs, fills, reads and releases: what Apache httpd's mod_slotmem_shm is, with
/// grabs that are atomic across processes, owners that are known, and files that are never half written.
/// </summary>
/// <remarks>
/// <para>A slot is free or in use, and in use by a process: if that dies, <see cref="ReleaseDead()"/> gives its slots back. Grab and release take a few
/// nanoseconds however full the table is, no lock, and put nothing on the heap.</para>
/// <para>The contents of a slot are bytes that nobody guards: who has grabbed it writes it, and others who read meanwhile may see half of a change. Numbers of up
/// to 8 bytes, taken by reference (<see cref="Slot"/>, <see cref="SlotMemory{T}"/>), can be used with <see cref="Interlocked"/>.</para>
/// <para>The layout is in the remarks of <c>SlotLayout</c>, the protocol in docs/protocol.md.</para>
/// </remarks>
public sealed unsafe partial class SlotMemory : ISharedStructure
{
    /// <summary>A name that is taken and yet not there, time after time, is no race any more.</summary>
    private const int MostAttempts = 1000;

    private readonly SlotLayout _layout;
    private readonly SlotHints _hints;
    private readonly bool _isReadOnly;
    private readonly bool _isPreGrab;
    private readonly bool _clearsOnGrab;
    private readonly int _count;
    private readonly int _slotSize;
    private readonly long _stride;
    private readonly long _slotsAt;
    private readonly long _ownersAt;
    private int _disposed;

    private SlotMemory(SharedMemory block, SlotLayout layout)
    {
        Block = block;
        _layout = layout;
        _hints = new SlotHints(layout.HintsAt, layout.Count);
        _isReadOnly = block.IsReadOnly;
        _isPreGrab = layout.IsPreGrab;
        _clearsOnGrab = (layout.Flags & SlotFlags.ClearOnGrab) != 0;
        _count = layout.Count;
        _slotSize = layout.SlotSize;
        _stride = layout.Stride;
        _slotsAt = layout.SlotsAt;
        _ownersAt = layout.OwnersAt;
    }

    string ISharedStructure.Kind => SlotLayout.Kind;

    /// <summary>The name by which another process attaches: pass it to <see cref="Attach"/>.</summary>
    public string Name => Block.Name;

    /// <summary>The block that the table is in.</summary>
    public SharedMemory Block { get; }

    /// <summary>How many slots there are (num_slots).</summary>
    public int Count => _count;

    /// <summary>How many bytes a slot has (slot_size).</summary>
    public int SlotSize => _slotSize;

    /// <summary>How many bytes there are from the start of a slot to that of the next.</summary>
    public long Stride => _stride;

    /// <summary>Whether a slot must be grabbed before it is read or written.</summary>
    public bool IsPreGrab => _isPreGrab;

    /// <summary>The full path of the file that the table is kept in; null if it is kept in none.</summary>
    public string? PersistPath { get; private init; }

    /// <summary>What became of the file when this call made the table.</summary>
    public SlotMemoryRestore Restore { get; private init; } = SlotMemoryRestore.None;

    /// <summary>Makes a new table in a block of its own. All slots are free and zero, unless they are read from a file.</summary>
    /// <param name="name">The name of the block; null for a random one of CPython's form (<c>psm_</c> and 8 hex digits).</param>
    /// <param name="slotSize">How many bytes a slot has, at least 1.</param>
    /// <param name="slotCount">How many slots there are, at least 1.</param>
    /// <param name="options">How the table behaves, and the file that it is kept in.</param>
    /// <exception cref="ArgumentException">The name, the path or the alignment cannot be one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made there, or the file may not be read.</exception>
    /// <exception cref="InvalidDataException">The file cannot be read back, and <see cref="SlotMemoryOptions.RequireRestore"/> is set.</exception>
    /// <remarks>A creation that fails leaves no block, and the file where it was.</remarks>
    public static SlotMemory Create(string? name, int slotSize, int slotCount, SlotMemoryOptions? options = null)
    {
        options ??= SlotMemoryOptions.Default;
        SlotLayout layout = Plan(slotSize, slotCount, options, out string? path);
        var block = SharedMemory.Create(layout.Size, name, options.Block);
        return Build(block, layout, path, options);
    }

    /// <summary>Attaches to the table of this name, or makes it if there is none, as httpd's <c>create</c> does.</summary>
    /// <param name="name">The name of the block.</param>
    /// <param name="slotSize">How many bytes a slot has, at least 1.</param>
    /// <param name="slotCount">How many slots there are, at least 1.</param>
    /// <param name="options">How the table behaves, and the file that it is kept in.</param>
    /// <exception cref="InvalidDataException">
    /// There is one of another slot size, slot count, behaviour or file, and the message names both; or what is there is no table of slots; or the file of a
    /// new one cannot be read back, and <see cref="SlotMemoryOptions.RequireRestore"/> is set.
    /// </exception>
    /// <exception cref="ArgumentException">The name, the path or the alignment cannot be one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's, or may not be made there, or the file may not be read.</exception>
    public static SlotMemory CreateOrAttach(string name, int slotSize, int slotCount, SlotMemoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        options ??= SlotMemoryOptions.Default;
        SlotLayout layout = Plan(slotSize, slotCount, options, out string? path);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Create(name, slotSize, slotCount, options);
            }
            catch (SharedMemoryExistsException) when (options.Block?.Backing is not SharedMemoryBacking.Anonymous)
            {
                // Attach to it, unless it goes between the two calls: then make it after all.
            }

            try
            {
                return AttachTo(FileNameOf(name, options), readOnly: false, options.SaveInterval, (table, tablePath) =>
                {
                    if (table.SlotSize != layout.SlotSize || table.Count != layout.Count || table.Flags != layout.Flags || tablePath != path)
                    {
                        throw new InvalidDataException(
                            $"'{name}' exists with {Describe(table, tablePath)}, not with {Describe(layout, path)} as asked for.");
                    }
                });
            }
            catch (FileNotFoundException) when (attempt < MostAttempts)
            {
            }
        }
    }

    /// <summary>Attaches to a table that exists.</summary>
    /// <param name="name">The name of its block.</param>
    /// <param name="readOnly">Whether to map it for reading only: every change is then a <see cref="NotSupportedException"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    /// <exception cref="InvalidDataException">It is no table of slots: the message says what was found.</exception>
    public static SlotMemory Attach(string name, bool readOnly = false) => AttachTo(name, readOnly, null, static (_, _) => { });

    /// <inheritdoc cref="SharedMemory.Unlink"/>
    /// <remarks>The file that the table is kept in stays.</remarks>
    public void Unlink() => Block.Unlink();

    /// <summary>
    /// Closes this process's mapping; the table stays until somebody unlinks it, and grabbed slots stay grabbed. The last handle of all living processes that
    /// may write to a table that is kept in a file writes that file first.
    /// </summary>
    /// <exception cref="IOException">The file could not be written. The mapping is closed all the same.</exception>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            Leave();
        }
        finally
        {
            Block.Dispose();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"SlotMemory('{Name}', {_layout})";

    private static SlotLayout Plan(int slotSize, int slotCount, SlotMemoryOptions options, out string? path)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slotSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slotCount);
        if (!SlotLayout.IsAlignment(options.Alignment))
        {
            throw new ArgumentException($"{options.Alignment} is no power of two from 1 to {SlotLayout.MostAlignment}.", nameof(options));
        }

        if (options.SaveInterval is TimeSpan interval && (interval <= TimeSpan.Zero || options.Persist is null))
        {
            throw new ArgumentException("An interval to save at is positive, and needs a file.", nameof(options));
        }

        path = options.Persist is null ? null : FullPath(options.Persist);
        SlotFlags flags = (path is null ? 0 : SlotFlags.Persist)
            | (options.PreGrab ? SlotFlags.PreGrab : 0)
            | (options.ClearInUse ? SlotFlags.ClearInUse : 0)
            | (options.ReleaseDeadWhenFull ? SlotFlags.ReleaseDeadWhenFull : 0)
            | (options.ClearOnGrab ? SlotFlags.ClearOnGrab : 0);
        return new SlotLayout(slotSize, slotCount, options.Alignment, flags);
    }

    private static SlotMemory Build(SharedMemory block, SlotLayout layout, string? path, SlotMemoryOptions options)
    {
        try
        {
            byte* start = block.Start;
            layout.Write(start);
            new SlotHints(layout.HintsAt, layout.Count).MarkAll(start);
            SlotMemoryRestore restore = SlotMemoryRestore.None;
            if (path is not null)
            {
                WritePath(start, path);
                restore = SlotRestore.Run(start, layout, path, options);
            }

            StructureHeader.Publish(start, SlotLayout.Kind, SlotLayout.Version, layout.Size);
            var table = new SlotMemory(block, layout) { PersistPath = path, Restore = restore };
            table.Join(options.SaveInterval);
            return table;
        }
        catch
        {
            block.Dispose();
            block.Unlink();
            throw;
        }
    }

    private static SlotMemory AttachTo(string name, bool readOnly, TimeSpan? saveInterval, Action<SlotLayout, string?> check)
    {
        SharedMemory block = SharedMemory.Attach(name, readOnly);
        try
        {
            SlotLayout layout = SlotLayout.Read(block);
            string? path = layout.IsPersist ? ReadPath(block) : null;
            check(layout, path);
            var table = new SlotMemory(block, layout) { PersistPath = path };
            table.Join(saveInterval);
            return table;
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    private static string FileNameOf(string name, SlotMemoryOptions options) =>
        options.Block?.Backing == SharedMemoryBacking.File && !name.StartsWith(BlockName.FileScheme, StringComparison.Ordinal)
            ? BlockName.FileScheme + Path.GetFullPath(name)
            : name;

    private static string Describe(SlotLayout layout, string? path) =>
        $"{layout}, behaviour 0x{(uint)layout.Flags:x}{(path is null ? "" : $", kept in '{path}'")}";

    /// <summary>Where the table begins, for a use that changes it.</summary>
    private byte* WritableStart
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            byte* start = Block.Start;
            if (_isReadOnly)
            {
                ThrowReadOnly();
            }

            return start;
        }
    }

    [DoesNotReturn]
    private void ThrowReadOnly() => throw new NotSupportedException($"The table '{Name}' is attached read-only.");

    [DoesNotReturn]
    private void ThrowNoSuchSlot(int index) =>
        throw new ArgumentOutOfRangeException(nameof(index), index, $"The table '{Name}' has the slots 0 to {_count - 1}.");
}
