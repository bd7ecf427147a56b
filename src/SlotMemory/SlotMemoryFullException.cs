namespace Multiprocessing;

/// <summary>A slot was to be grabbed and none was free. Nothing was changed.</summary>
public sealed class SlotMemoryFullException : InvalidOperationException
{
    internal SlotMemoryFullException(string name, int count)
        : base($"All {count} slots of '{name}' are in use. ReleaseDead() gives back those of dead processes.")
    {
        Name = name;
        Count = count;
    }

    /// <summary>The name of the table.</summary>
    public string Name { get; }

    /// <summary>How many slots it has.</summary>
    public int Count { get; }
}
