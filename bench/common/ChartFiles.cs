using System.Text;

namespace Multiprocessing.Bench;

/// <summary>Charts beside a page, in its folder charts.</summary>
internal static class ChartFiles
{
    private const string Folder = "charts";

    /// <summary>Writes them, and returns what the page says of them.</summary>
    internal static string Write(string page, IEnumerable<(string Name, string Sentence, string Svg)> charts)
    {
        string folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(page))!, Folder);
        var text = new StringBuilder();
        foreach ((string name, string sentence, string svg) in charts)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"{name}.svg"), svg);
            text.Append(null, $"![{name}]({Folder}/{name}.svg)\n\n{sentence}\n\n");
        }

        return text.ToString();
    }
}
