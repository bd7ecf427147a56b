using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Multiprocessing.Shm;

/// <summary>One JSON document in one line, out at once: what comes bit by bit is written so.</summary>
internal static class JsonLine
{
    // What is written is read by programs, not by browsers: a + stays a +.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an object.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="write">Writes its properties.</param>
    internal static void Write(TextWriter output, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
        output.Flush();
    }
}
