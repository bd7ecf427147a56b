namespace Multiprocessing.Bench;

/// <summary>Where on the paper a value of an axis is.</summary>
internal sealed class Scale
{
    private const int MostTicks = 9;
    private static readonly double[] Steps = [1, 2, 5, 10];

    private readonly bool _isLogarithmic;
    private readonly double _first;
    private readonly double _last;
    private readonly double _from;
    private readonly double _to;

    /// <param name="axis">The axis.</param>
    /// <param name="values">All values that must be on it.</param>
    /// <param name="from">The place of the least value on the paper.</param>
    /// <param name="to">The place of the greatest.</param>
    internal Scale(Axis axis, IReadOnlyCollection<double> values, double from, double to)
    {
        (_from, _to, _isLogarithmic) = (from, to, axis.IsLogarithmic);
        (double least, double most) = values.Count == 0 ? (1, 10) : (values.Min(), values.Max());
        if (axis.Ticks is { } given)
        {
            Ticks = given;
            (_first, _last) = (Math.Min(Of(given[0]), Of(least)), Math.Max(Of(given[^1]), Of(most)));
        }
        else if (_isLogarithmic)
        {
            (_first, _last) = (Math.Floor(Math.Log10(least)), Math.Ceiling(Math.Log10(most)));
            _last = Math.Max(_last, _first + 1);
            int step = (int)Math.Ceiling((_last - _first + 1) / MostTicks);
            Ticks = [.. Enumerable.Range(0, ((int)(_last - _first) / step) + 1).Select(i => Math.Pow(10, _first + (i * step)))];
        }
        else
        {
            double step = Step(Math.Max(most, 1e-9));
            (_first, _last) = (0, Math.Ceiling(most / step) * step);
            Ticks = [.. Enumerable.Range(0, (int)Math.Round(_last / step) + 1).Select(i => i * step)];
        }
    }

    internal IReadOnlyList<double> Ticks { get; }

    internal double At(double value) => _from + ((Of(value) - _first) / (_last - _first) * (_to - _from));

    private double Of(double value) => _isLogarithmic ? Math.Log10(value) : value;

    /// <summary>1, 2 or 5 times a power of ten, so that there are at most six steps.</summary>
    private static double Step(double most)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(most / 6)));
        return Steps.Select(times => times * unit).First(step => most / step <= 6);
    }
}
