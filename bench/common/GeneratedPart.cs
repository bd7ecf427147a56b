namespace Multiprocessing.Bench;

/// <summary>A part of a page that a program writes anew, between two comments that name it. All other text of the page is written by hand, and stays.</summary>
internal static class GeneratedPart
{
    /// <summary>Writes the part into the file, in the place of what it was, or else at the end; makes the file if there is none.</summary>
    internal static void Write(string file, string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, Replace(File.Exists(file) ? File.ReadAllText(file) : "", name, text));
    }

    internal static string Replace(string page, string name, string text)
    {
        (string begin, string end) = ($"<!-- {name}: begin. Written by the program; what is changed here by hand is lost. -->", $"<!-- {name}: end -->");
        string part = $"{begin}\n\n{text.Trim()}\n\n{end}";
        int from = page.IndexOf(begin, StringComparison.Ordinal);
        int to = page.IndexOf(end, StringComparison.Ordinal);
        return from >= 0 && to > from
            ? page[..from] + part + page[(to + end.Length)..]
            : (page.Length == 0 ? "" : page.TrimEnd() + "\n\n") + part + "\n";
    }
}
