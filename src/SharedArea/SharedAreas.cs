using System.Collections;

namespace Multiprocessing;

/// <summary>Areas by number, in the order in which they were added: uWSGI's ids, for those who port code.</summary>
/// <remarks>It may be used by several threads. It is of this process alone: the same area may have another number elsewhere.</remarks>
public sealed class SharedAreas : IReadOnlyList<SharedArea>, IDisposable
{
    private readonly Lock _lock = new();
    private SharedArea[] _areas = [];

    /// <summary>The areas of this process.</summary>
    public static SharedAreas Default { get; } = new();

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _areas).Length;

    /// <summary>The area of a number.</summary>
    /// <param name="id">Its number, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is none of that number; a negative one never is.</exception>
    public SharedArea this[int id]
    {
        get
        {
            SharedArea[] areas = Volatile.Read(ref _areas);
            return (uint)id < (uint)areas.Length
                ? areas[id]
                : throw new ArgumentOutOfRangeException(nameof(id), id, $"There are {areas.Length} areas.");
        }
    }

    /// <summary>Adds an area, which is disposed with the others.</summary>
    /// <returns>Its number.</returns>
    public int Add(SharedArea area)
    {
        ArgumentNullException.ThrowIfNull(area);
        lock (_lock)
        {
            Volatile.Write(ref _areas, [.. _areas, area]);
            return _areas.Length - 1;
        }
    }

    /// <summary>Makes an area of what uWSGI's option <c>--sharedarea</c> takes, and adds it.</summary>
    /// <returns>Its number.</returns>
    /// <inheritdoc cref="SharedArea.Parse"/>
    public int Add(string text) => Add(SharedArea.Parse(text));

    /// <inheritdoc/>
    public IEnumerator<SharedArea> GetEnumerator() => ((IEnumerable<SharedArea>)Volatile.Read(ref _areas)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Disposes all areas and forgets them; the next one added has the number 0 again.</summary>
    public void Dispose()
    {
        SharedArea[] areas;
        lock (_lock)
        {
            areas = _areas;
            Volatile.Write(ref _areas, []);
        }

        foreach (SharedArea area in areas)
        {
            area.Dispose();
        }
    }
}
