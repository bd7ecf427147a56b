using System.CommandLine;

namespace Multiprocessing.Shm;

/// <summary>Options that mean the same in every command.</summary>
internal static class CommonOptions
{
    /// <summary><c>--format table|json|csv</c>.</summary>
    internal static readonly Option<OutputFormat> Format = NewFormat();

    private static Option<OutputFormat> NewFormat()
    {
        var format = new Option<OutputFormat>("--format", "-f")
        {
            Description = "How to write: table for people, which is the default, json or csv for programs.",
            HelpName = "table|json|csv",
            Recursive = true,
        };
        format.AcceptOnlyFromAmong("table", "json", "csv");
        return format;
    }
}
