namespace Multiprocessing.Bench;

/// <summary>Rows that are measured together.</summary>
/// <param name="Issue">The number of the issue that set their goals.</param>
/// <param name="Name">What <c>--only</c> looks at.</param>
/// <param name="Run">Measures them.</param>
internal sealed record Group(int Issue, string Name, Func<IEnumerable<Row>> Run)
{
    /// <summary>What the issue is about.</summary>
    internal static string TitleOf(int issue) => issue switch
    {
        2 => "Blocks, lists and the manager",
        3 => "Many blocks under one manager",
        4 => "Locks",
        5 => "Arrays",
        6 => "Areas",
        7 => "Pools and rings",
        8 => "Slots",
        _ => "The manager's calls, and what lives in shared memory",
    };
}
