namespace Multiprocessing;

/// <summary>One thing that was left behind.</summary>
/// <param name="Kind">Of what kind.</param>
/// <param name="Name">What it is called: the name of a block, the path of a socket, the id of a process, the number of a descriptor.</param>
/// <param name="Detail">What it is: its size, its command line, what it refers to; and who uses it.</param>
public sealed record Leak(LeakKinds Kind, string Name, string Detail)
{
    /// <summary>Who made it, and the structures in it. Empty where that was not written down: see <see cref="LeakCheckOptions.TrackCreators"/>.</summary>
    public IReadOnlyList<LeakCreator> Creators { get; init; } = [];

    /// <summary>What it is by path, to remove it; null if it is no file.</summary>
    internal string? Path { get; init; }

    /// <summary>What it is by process, to end it.</summary>
    internal ProcessEntry? Process { get; init; }
}
