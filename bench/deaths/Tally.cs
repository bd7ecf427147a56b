using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>All rounds of one death on one side.</summary>
internal sealed class Tally(Death death)
{
    private readonly List<string> _seen = [];
    private readonly SortedSet<string> _kindsLeft = new(StringComparer.Ordinal);
    private int _rounds;
    private int _left;
    private int _lost;
    private int _wrong;
    private int _failed;
    private int _away;
    private double _longestAway;

    internal string Left => Of(_left) + (_left > 0 ? $" ({string.Join(", ", _kindsLeft)})" : "");

    internal string Lost =>
        (death.Survivors ? Of(_lost) : "–") + (_wrong > 0 ? $"; wrong {Of(_wrong)}" : "") + (_failed > 0 ? $"; not tried {_failed}" : "");

    internal bool IsClean => _left + _lost + _wrong + _failed == 0;

    /// <summary>What was seen, each thing once, with how often.</summary>
    internal string Seen
    {
        get
        {
            IEnumerable<string> seen = _seen
                .GroupBy(text => text)
                .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()}× {group.Key}"));
            string[] away = _away > 0
                ? [string.Create(CultureInfo.InvariantCulture, $"{_away}× a name away and back, for {Math.Ceiling(_longestAway)} ms at most")]
                : [];
            return string.Join("; ", [.. seen, .. away]);
        }
    }

    internal void Run(Side side, int round, CancellationToken cancellation)
    {
        var trial = new Trial(side, round, cancellation);
        try
        {
            death.Act(trial);
            trial.NothingMayBeLeft();
            _rounds++;
            _left += trial.Left.Count > 0 ? 1 : 0;
            _kindsLeft.UnionWith(trial.KindsLeft);
            _lost += trial.Lost.Count > 0 ? 1 : 0;
            _wrong += trial.Wrong.Count > 0 ? 1 : 0;
            Note(trial.Left.Select(text => $"left {text}"));
            Note(trial.Lost.Select(text => $"lost {text}"));
            Note(trial.Wrong);
            _away += trial.LongestAway > TimeSpan.Zero ? 1 : 0;
            _longestAway = Math.Max(_longestAway, trial.LongestAway.TotalMilliseconds);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or System.Text.Json.JsonException)
        {
            // The round says nothing about the death, and is not counted as one without a leak.
            _failed++;
            Note([$"not tried: {e.Message.ReplaceLineEndings(" ")}"]);
        }
        finally
        {
            trial.Dispose();
        }
    }

    private void Note(IEnumerable<string> texts) => _seen.AddRange(texts);

    private string Of(int count) => string.Create(CultureInfo.InvariantCulture, $"{count}/{_rounds}");
}
