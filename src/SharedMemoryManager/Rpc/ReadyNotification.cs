namespace Multiprocessing;

/// <summary>What the server says to its owner once it is up.</summary>
/// <param name="Error">Why others cannot connect to it; null when they can. It guards the owner's blocks either way.</param>
/// <param name="PythonError">The same for stock Python.</param>
internal sealed record ReadyNotification(string? Error, string? PythonError = null);
