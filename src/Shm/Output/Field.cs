namespace Multiprocessing.Shm;

/// <summary>A field of something: see <see cref="Fields.Add"/>.</summary>
internal sealed record Field(string Name, object? Value, string? Text);
