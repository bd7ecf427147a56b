using System.CommandLine;

namespace Multiprocessing.Shm;

/// <summary>Options that mean the same in every command.</summary>
internal static class CommonOptions
{
    /// <summary><c>--format table|json|csv</c>.</summary>
    internal static readonly Option<OutputFormat> Format = new("--format", "-f")
    {
        Description = "How to write: table for people, json or csv for programs.",
        Recursive = true,
        DefaultValueFactory = _ => OutputFormat.Table,
    };
}
