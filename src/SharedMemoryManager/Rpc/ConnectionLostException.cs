namespace Multiprocessing;

/// <summary>The connection ended, or what came over it was no message, before the answer to a request.</summary>
internal sealed class ConnectionLostException(string message, Exception? inner = null) : IOException(message, inner);
