namespace Multiprocessing.Tests;

/// <summary>Tables, blocks and files that are gone at the end of a test, whatever became of it.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly List<IDisposable> _open = [];
    private readonly HashSet<string> _names = [];
    private readonly Lazy<DirectoryInfo> _folder = new(static () => Directory.CreateTempSubdirectory("slots"));

    /// <summary>A folder of this test alone.</summary>
    public string Folder => _folder.Value.FullName;

    public string File => Path.Combine(Folder, "table.persist");

    /// <summary>A name that nothing has yet.</summary>
    public string NewName()
    {
        string name = $"psm_{Guid.NewGuid():N}"[..20];
        _names.Add(name);
        return name;
    }

    public SlotMemory Table(int slotSize, int slotCount, SlotMemoryOptions? options = null) =>
        Keep(SlotMemory.Create(NewName(), slotSize, slotCount, options));

    public SlotMemory Attach(string name, bool readOnly = false) => Keep(SlotMemory.Attach(name, readOnly));

    public T Keep<T>(T open)
        where T : IDisposable
    {
        lock (_open)
        {
            _open.Add(open);
        }

        return open;
    }

    public void Dispose()
    {
        _open.ForEach(static open => open.Dispose());
        foreach (string name in _names)
        {
            SharedMemory.TryUnlink(name);
        }

        if (_folder.IsValueCreated)
        {
            _folder.Value.Delete(recursive: true);
        }

        // Those of children that were killed.
        ProcessLease.RemoveDead();
    }

    /// <summary>Grabs until the table is full; all numbers, in the order of the grabs.</summary>
    public static List<int> GrabAll(SlotMemory table)
    {
        var grabbed = new List<int>();
        while (table.TryGrab(out int index))
        {
            grabbed.Add(index);
        }

        return grabbed;
    }

    /// <summary>Checks that every slot can be had once, and no more; leaves the table empty.</summary>
    public static void AssertAllFree(SlotMemory table)
    {
        Assert.Equal(table.Count, table.FreeCount);
        List<int> grabbed = GrabAll(table);
        Assert.Equal(Enumerable.Range(0, table.Count), grabbed.Order());
        Assert.Equal(0, table.FreeCount);
        Assert.All(grabbed, index => Assert.True(table.Release(index)));
        Assert.Equal(table.Count, table.FreeCount);
    }
}
