namespace Multiprocessing.Shm;

/// <summary>One thing that the doctor looked at.</summary>
/// <param name="Name">What, in a stable word.</param>
/// <param name="Status">How it is.</param>
/// <param name="Value">What was found.</param>
/// <param name="Advice">What to do about it; null if nothing need be done.</param>
internal sealed record Check(string Name, CheckStatus Status, string Value, string? Advice = null)
{
    /// <summary>The fields.</summary>
    internal static Column<Check>[] Columns { get; } =
    [
        new("check", static check => check.Name),
        new("status", static check => NameOf(check.Status)),
        new("value", static check => check.Value),
        new("advice", static check => check.Advice),
    ];

    internal static string NameOf(CheckStatus status) => status switch
    {
        CheckStatus.Ok => "ok",
        CheckStatus.Warn => "warn",
        _ => "fail",
    };
}
