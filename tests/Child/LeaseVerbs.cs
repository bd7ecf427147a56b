namespace Multiprocessing.Tests;

/// <summary>A process that holds a lease of its own.</summary>
internal static class LeaseVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All => [("lease-hold", Hold)];

    /// <summary>Says the id and waits for a line.</summary>
    private static void Hold(string[] args)
    {
        Console.WriteLine($"{ProcessLease.Current.Id:x}");
        Console.ReadLine();
    }
}
