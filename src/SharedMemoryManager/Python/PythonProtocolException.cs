namespace Multiprocessing;

/// <summary>What came over a connection is not what CPython's managers say to each other, or more than is taken.</summary>
internal sealed class PythonProtocolException(string message) : IOException(message);
