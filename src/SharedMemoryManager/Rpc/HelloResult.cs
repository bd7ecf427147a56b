namespace Multiprocessing;

/// <summary>The answer to hello.</summary>
/// <param name="Id">The id of the manager.</param>
/// <param name="Prefix">What the names that this caller makes must begin with: no other caller has the same.</param>
/// <param name="ServerProcessId">The process that answers.</param>
internal sealed record HelloResult(string Id, string Prefix, int ServerProcessId);
