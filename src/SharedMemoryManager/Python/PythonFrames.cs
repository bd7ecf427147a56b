using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>
/// The messages of <c>multiprocessing.connection.Connection</c>: a signed length of 4 bytes, big-endian, and that many bytes; a length of -1 is
/// followed by the true one in 8 bytes (connection.py, <c>_send_bytes</c> and <c>_recv_bytes</c>).
/// </summary>
internal static class PythonFrames
{
    private const int LengthBytes = 4;
    private const int LongLengthBytes = 8;
    private const int FirstBuffer = 64 * 1024;

    /// <summary>Reads one message; null when the stream has ended between two.</summary>
    /// <param name="stream">Where from.</param>
    /// <param name="longest">The longest message that is taken, in bytes.</param>
    /// <exception cref="PythonProtocolException">It is longer, or no message.</exception>
    /// <exception cref="EndOfStreamException">The stream ended within it.</exception>
    internal static byte[]? Read(Stream stream, int longest)
    {
        Span<byte> header = stackalloc byte[LongLengthBytes];
        int got = stream.ReadAtLeast(header[..LengthBytes], LengthBytes, throwOnEndOfStream: false);
        if (got == 0)
        {
            return null;
        }

        long length = got == LengthBytes ? BinaryPrimitives.ReadInt32BigEndian(header) : throw new EndOfStreamException();
        if (length == -1)
        {
            stream.ReadExactly(header);
            length = BinaryPrimitives.ReadInt64BigEndian(header);
        }

        if (length < 0 || length > longest)
        {
            throw new PythonProtocolException($"A message of {length} bytes, where at most {longest} are taken.");
        }

        return ReadBody(stream, (int)length);
    }

    /// <summary>Writes one message, in one piece.</summary>
    internal static void Write(Stream stream, ReadOnlySpan<byte> message)
    {
        byte[] frame = GC.AllocateUninitializedArray<byte>(LengthBytes + message.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame, message.Length);
        message.CopyTo(frame.AsSpan(LengthBytes));
        stream.Write(frame);
    }

    /// <summary>No buffer grows by what a length claims, only by what has arrived.</summary>
    private static byte[] ReadBody(Stream stream, int length)
    {
        byte[] body = new byte[Math.Min(length, FirstBuffer)];
        for (int read = 0; ;)
        {
            stream.ReadExactly(body, read, body.Length - read);
            read = body.Length;
            if (read == length)
            {
                return body;
            }

            Array.Resize(ref body, (int)Math.Min(length, 2L * read));
        }
    }
}
