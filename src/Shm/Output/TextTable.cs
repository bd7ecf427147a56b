using System.Text;

namespace Multiprocessing.Shm;

/// <summary>Rows under headings, each column as wide as it must be; only the last is cut, and only at a terminal.</summary>
/// <param name="headings">The headings; one that begins with <c>&gt;</c> is of a column that is aligned to the right.</param>
internal sealed class TextTable(params string[] headings)
{
    private const int Gap = 2;
    private readonly List<(string[] Cells, Colour Colour)> _rows = [];

    /// <summary>Adds a row; one of a single cell is a line across all columns.</summary>
    internal void Add(Colour colour, params string[] cells) => _rows.Add((cells, colour));

    /// <summary>Writes it.</summary>
    internal void WriteTo(StringBuilder text)
    {
        int[] widths = [.. headings.Select(static heading => heading.TrimStart('>').Length)];
        foreach ((string[] cells, _) in _rows)
        {
            for (int i = 0; cells.Length > 1 && i < cells.Length; i++)
            {
                widths[i] = Math.Max(widths[i], cells[i].Length);
            }
        }

        if (headings.Length > 1)
        {
            Append(text, widths, [.. headings.Select(static heading => heading.TrimStart('>'))], Colour.Bold);
        }

        foreach ((string[] cells, Colour colour) in _rows)
        {
            Append(text, widths, cells, colour);
        }
    }

    private void Append(StringBuilder text, int[] widths, string[] cells, Colour colour)
    {
        var line = new StringBuilder();
        for (int i = 0; i < cells.Length; i++)
        {
            bool isLast = i == cells.Length - 1;
            string cell = isLast ? Texts.Cut(cells[i], Screen.Width - line.Length) : cells[i];
            _ = headings[i].StartsWith('>') && cells.Length > 1 ? line.Append(cell.PadLeft(widths[i])) : isLast ? line.Append(cell) : line.Append(cell.PadRight(widths[i]));
            if (!isLast)
            {
                line.Append(' ', Gap);
            }
        }

        text.Append(Screen.Paint(line.ToString().TrimEnd(), colour)).Append('\n');
    }
}
