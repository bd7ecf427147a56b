using System.Globalization;
using System.Text;

namespace Multiprocessing;

/// <summary>What was left behind.</summary>
public sealed class LeakReport
{
    private const string Indent = "    ";

    private readonly string _title;

    internal LeakReport(string title, IReadOnlyList<Leak> leaks)
    {
        _title = title;
        Leaks = leaks;
    }

    /// <summary>All of it, by kind and name.</summary>
    public IReadOnlyList<Leak> Leaks { get; }

    /// <summary>Whether nothing was.</summary>
    public bool IsClean => Leaks.Count == 0;

    /// <summary>The report as a text for people, a leak a paragraph.</summary>
    public override string ToString()
    {
        string count = Leaks.Count switch
        {
            0 => "Nothing was",
            1 => "1 thing was",
            _ => string.Create(CultureInfo.InvariantCulture, $"{Leaks.Count} things were"),
        };
        var text = new StringBuilder($"{count} {_title}");
        foreach (Leak leak in Leaks)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {Word(leak.Kind)} {leak.Name}: {leak.Detail}");
            foreach (LeakCreator creator in leak.Creators)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{Indent}{creator.What}, by process {creator.ProcessId} ({creator.CommandLine}) at {creator.Time.ToLocalTime():HH:mm:ss.fff}:");
                foreach (string line in Frames(creator.StackTrace))
                {
                    text.Append(CultureInfo.InvariantCulture, $"\n{Indent}   {line}");
                }
            }
        }

        return text.ToString();
    }

    private static string Word(LeakKinds kind) => kind switch
    {
        LeakKinds.Blocks => "block",
        LeakKinds.Leases => "lease",
        LeakKinds.Sockets => "socket",
        LeakKinds.Processes => "process",
        LeakKinds.Descriptors => "descriptor",
        LeakKinds.Mappings => "mapping",
        LeakKinds.Locks => "lock held",
        _ => kind.ToString(),
    };

    private static string[] Frames(string stackTrace) =>
        stackTrace.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
