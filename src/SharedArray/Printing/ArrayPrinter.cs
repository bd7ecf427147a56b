using System.Text;

namespace Multiprocessing;

/// <summary>
/// Prints an array as numpy's <c>str</c> does with its default options: 75 characters a line, above 1000 elements three of each end.
/// </summary>
internal sealed class ArrayPrinter
{
    private const int LineWidth = 75;
    private const int Threshold = 1000;
    private const int EdgeItems = 3;
    private const string Summary = "...";

    private readonly SharedArray _array;
    private readonly bool _isSummarised;
    private readonly ElementFormat _format;

    internal ArrayPrinter(SharedArray array)
    {
        _array = array;
        _isSummarised = array.Length > Threshold;
        var shown = new List<long>();
        if (array.Length > 0)
        {
            Collect(0, 0, shown);
        }

        _format = ElementFormat.Of(array, shown);
    }

    internal string Print() => _array.Length == 0 ? "[]" : _array.Rank == 0 ? _format.Alone(0) : Nested(0, 0, " ", LineWidth);

    /// <summary>The elements that are printed: columns are as wide as these need.</summary>
    private void Collect(int axis, long offset, List<long> shown)
    {
        if (axis == _array.Rank)
        {
            shown.Add(offset);
            return;
        }

        nint size = _array.Shape[axis];
        bool cuts = Cuts(size);
        for (nint i = 0; i < size; i++)
        {
            if (cuts && i == EdgeItems)
            {
                i = size - EdgeItems;
            }

            Collect(axis + 1, offset + ((long)i * _array.Strides[axis]), shown);
        }
    }

    private bool Cuts(nint size) => _isSummarised && size > 2 * EdgeItems;

    private string Nested(int axis, long offset, string indent, int width)
    {
        nint size = _array.Shape[axis];
        nint stride = _array.Strides[axis];
        int left = _array.Rank - axis;
        string body = left == 1 ? Line(offset, size, indent, width - 1) : Lines(axis, offset, size, stride, indent, width, new string('\n', left - 1));
        return $"[{body[indent.Length..]}]";
    }

    private string Lines(int axis, long offset, nint size, nint stride, string indent, int width, string separator)
    {
        var text = new StringBuilder();
        bool cuts = Cuts(size);
        for (nint i = 0; i < size; i++)
        {
            if (cuts && i == EdgeItems)
            {
                text.Append(indent).Append(Summary).Append(separator);
                i = size - EdgeItems;
            }

            text.Append(indent).Append(Nested(axis + 1, offset + ((long)i * stride), indent + " ", width - 1));
            if (i < size - 1)
            {
                text.Append(separator);
            }
        }

        return text.ToString();
    }

    private string Line(long offset, nint size, string indent, int width)
    {
        var text = new StringBuilder();
        string line = indent;
        bool cuts = Cuts(size);
        for (nint i = 0; i < size; i++)
        {
            if (cuts && i == EdgeItems)
            {
                line = Extend(text, line, Summary, indent, width) + " ";
                i = size - EdgeItems;
            }

            line = Extend(text, line, _format.InArray(offset + i), indent, width);
            if (i < size - 1)
            {
                line += " ";
            }
        }

        return text.Append(line).ToString();
    }

    /// <summary>Adds a word to a line, or ends the line and begins the next with it, unless that would not help.</summary>
    private static string Extend(StringBuilder text, string line, string word, string indent, int width)
    {
        if (line.Length + word.Length > width && line.Length > indent.Length)
        {
            text.Append(line.TrimEnd()).Append('\n');
            line = indent;
        }

        return line + word;
    }
}
