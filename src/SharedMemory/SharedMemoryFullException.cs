namespace Multiprocessing;

/// <summary>The system has no room for a block of this size. No block was made and nothing is left of the attempt.</summary>
public sealed class SharedMemoryFullException : IOException
{
    internal SharedMemoryFullException(string name, long requested, long? available, string where, string remedy)
        : base(Text(name, requested, available, where, remedy))
    {
        Name = name;
        RequestedBytes = requested;
        AvailableBytes = available;
    }

    /// <summary>The name of the block that was asked for.</summary>
    public string Name { get; }

    /// <summary>How many bytes were asked for.</summary>
    public long RequestedBytes { get; }

    /// <summary>How many bytes were free when it failed, where the system tells.</summary>
    public long? AvailableBytes { get; }

    private static string Text(string name, long requested, long? available, string where, string remedy)
    {
        string free = available is long bytes ? $"{bytes} are free in {where}" : $"more than {where} has left";
        return $"No room for the block '{name}': {requested} bytes were asked for, {free}. {remedy}";
    }
}
