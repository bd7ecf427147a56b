namespace Multiprocessing;

/// <summary>One connection of a stock Python: the proof of the key, one request, one answer. (CPython makes a connection for each call.)</summary>
internal sealed class PythonSession(Stream stream, PythonService service)
{
    /// <summary>The longest request, in bytes: it carries one name.</summary>
    internal const int LongestRequest = 64 * 1024;

    /// <summary>How many values a request may be made of. Those that are known here have ten at most.</summary>
    private const int MostValues = 256;

    /// <summary>Serves the connection to its end.</summary>
    /// <param name="key">The manager's key.</param>
    /// <param name="trusted">Called when the other end has proven that it knows the key.</param>
    /// <exception cref="PythonProtocolException">The other end does not know the key, or says what is refused.</exception>
    /// <exception cref="IOException">It hung up.</exception>
    internal void Run(ReadOnlySpan<byte> key, Action trusted)
    {
        PythonHandshake.Serve(stream, key);
        trusted();
        if (PythonFrames.Read(stream, LongestRequest) is byte[] request)
        {
            PythonFrames.Write(stream, PickleWriter.Write(service.Answer(PickleReader.Read(request, MostValues))));
        }
    }
}
