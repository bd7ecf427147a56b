using System.Globalization;
using System.Xml.Linq;

namespace Multiprocessing.Bench;

/// <summary>A picture as SVG, whose colours follow the reader's light or dark mode.</summary>
internal sealed class Drawing
{
    /// <summary>So many colours and marks there are.</summary>
    internal const int Kinds = 8;

    private const double MarkSize = 4;
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly string[] Light = ["#0b62c4", "#c2410c", "#15803d", "#9333ea", "#b91c1c", "#0e7490", "#854d0e", "#be185d"];
    private static readonly string[] Dark = ["#6cb6ff", "#ff9e57", "#57d98a", "#d2a8ff", "#ff7b72", "#5fd4e8", "#e3b341", "#ff8ac5"];

    private readonly XElement _root;

    internal Drawing(double width, double height, string title)
    {
        _root = new XElement(
            Svg + "svg",
            new XAttribute("viewBox", FormattableString.Invariant($"0 0 {width} {height}")),
            new XAttribute("role", "img"),
            new XAttribute("font-family", "system-ui, sans-serif"),
            new XAttribute("font-size", 12),
            new XElement(Svg + "title", title),
            new XElement(Svg + "style", Style()));
        Add("rect", ("width", width), ("height", height), ("class", "paper"));
        Text(16, 22, title, "start", "title");
    }

    internal void Line(double x1, double y1, double x2, double y2, string kind) =>
        Add("line", ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2), ("class", kind));

    internal void Text(double x, double y, string text, string anchor, string kind = "text", double turn = 0)
    {
        XElement element = Add("text", ("x", x), ("y", y), ("text-anchor", anchor), ("class", kind));
        element.Value = text;
        if (turn != 0)
        {
            element.SetAttributeValue("transform", FormattableString.Invariant($"rotate({turn} {x:0.#} {y:0.#})"));
        }
    }

    /// <summary>A line from point to point, in the colour of that number.</summary>
    internal void Path(IEnumerable<(double X, double Y)> points, int which) =>
        Add("polyline", ("points", string.Join(' ', points.Select(point => FormattableString.Invariant($"{point.X:0.#},{point.Y:0.#}")))), ("class", $"line l{which % Kinds}"));

    /// <summary>A filled mark: its shape tells it apart as its colour does.</summary>
    internal void Mark(double x, double y, int which)
    {
        const double size = MarkSize;
        string path = (which % 4) switch
        {
            0 => FormattableString.Invariant($"M{x - size:0.#} {y:0.#}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0 {-2 * size} 0z"),
            1 => FormattableString.Invariant($"M{x - size:0.#} {y - size:0.#}h{2 * size}v{2 * size}h{-2 * size}z"),
            2 => FormattableString.Invariant($"M{x:0.#} {y - size - 1:0.#}l{size + 1} {size + 1}l{-size - 1} {size + 1}l{-size - 1} {-size - 1}z"),
            _ => FormattableString.Invariant($"M{x:0.#} {y - size - 1:0.#}l{size + 1} {(2 * size) + 1}h{-2 * (size + 1)}z"),
        };
        Add("path", ("d", path), ("class", $"mark f{which % Kinds}"));
    }

    /// <summary>A bar from the least to the greatest.</summary>
    internal void Bar(double x1, double x2, double y, int which) =>
        Add("line", ("x1", x1), ("x2", Math.Max(x2, x1 + 0.5)), ("y1", y), ("y2", y), ("class", $"bar l{which % Kinds}"));

    public override string ToString() => _root + "\n";

    private static string Style()
    {
        string Colors(string[] colors) => string.Concat(colors.Select((color, i) => $".l{i}{{stroke:{color}}}.f{i}{{fill:{color}}}"));
        return ".paper{fill:#ffffff}.text,.title{fill:#1f2328}.title{font-size:14px;font-weight:600}.grid{stroke:#d8dee4;stroke-width:1}.axis{stroke:#59636e;stroke-width:1}"
            + ".line{fill:none;stroke-width:2}.bar{stroke-width:5;stroke-linecap:round;opacity:0.45}"
            + Colors(Light)
            + "@media (prefers-color-scheme: dark){.paper{fill:#0d1117}.text,.title{fill:#e6edf3}.grid{stroke:#30363d}.axis{stroke:#9198a1}" + Colors(Dark) + "}";
    }

    private XElement Add(string name, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var element = new XElement(Svg + name);
        foreach ((string attribute, object value) in attributes)
        {
            element.SetAttributeValue(attribute, value is double number ? number.ToString("0.#", CultureInfo.InvariantCulture) : value);
        }

        _root.Add(element);
        return element;
    }
}
