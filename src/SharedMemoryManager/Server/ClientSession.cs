namespace Multiprocessing;

/// <summary>What the server knows of one connection once it has said hello.</summary>
/// <param name="Prefix">What the names that the client makes begin with.</param>
/// <param name="ReleaseOnEnd">Whether what it made goes when the connection ends.</param>
internal sealed record ClientSession(string Prefix, bool ReleaseOnEnd);
