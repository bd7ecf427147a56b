namespace Multiprocessing.Shm;

/// <summary>One field of a row: its name in JSON and CSV, which never changes, and what people read in a table.</summary>
/// <param name="Field">The stable name, in camel case.</param>
/// <param name="Value">A string, a number, a bool, a <see cref="DateTimeOffset"/>, a list of those, or null.</param>
/// <param name="Heading">The heading of its column in a table; null to leave it out there.</param>
/// <param name="Text">What stands in the table; null for the value as it is.</param>
internal sealed record Column<TRow>(string Field, Func<TRow, object?> Value, string? Heading = null, Func<TRow, string>? Text = null);
