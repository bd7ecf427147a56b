namespace Multiprocessing;

/// <summary>The parameters of hello.</summary>
internal sealed record HelloParameters(string Token, int ProcessId, string? Prefix, bool ReleaseOnEnd);
