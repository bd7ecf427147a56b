using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>How items of a queue are written.</summary>
internal abstract class QueueFormat<T>
{
    /// <summary>What <see cref="QueueWords.Format"/> says.</summary>
    internal abstract int Code { get; }

    /// <summary>The format for an item type: bytes as they are, all else as JSON.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Without reflection the options know no type, and say so.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "As above.")]
    internal static QueueFormat<T> Of(JsonTypeInfo<T>? type) =>
        type is null && typeof(T) == typeof(byte[])
            ? (QueueFormat<T>)(object)new Bytes()
            : new Json(type ?? (JsonTypeInfo<T>)JsonSerializerOptions.Default.GetTypeInfo(typeof(T)));

    /// <summary>The bytes of an item, valid until this thread writes the next.</summary>
    internal abstract ReadOnlySpan<byte> Write(T item);

    internal abstract T Read(ReadOnlySpan<byte> bytes);

    private sealed class Json(JsonTypeInfo<T> type) : QueueFormat<T>
    {
        /// <summary>A buffer that had to grow beyond this is not kept.</summary>
        private const int MostKept = 1 << 20;

        [ThreadStatic]
        private static ArrayBufferWriter<byte>? _buffer;

        [ThreadStatic]
        private static Utf8JsonWriter? _writer;

        internal override int Code => 1;

        internal override ReadOnlySpan<byte> Write(T item)
        {
            // Taken away while in use: a converter may put something into a queue itself.
            ArrayBufferWriter<byte> buffer = _buffer ?? new ArrayBufferWriter<byte>();
            _buffer = null;
            buffer.ResetWrittenCount();
            Utf8JsonWriter writer = Writer(buffer);
            JsonSerializer.Serialize(writer, item, type);
            writer.Flush();
            if (buffer.Capacity <= MostKept)
            {
                _buffer = buffer;
                _writer = type.Options.Encoder is null ? writer : null;
            }

            return buffer.WrittenSpan;
        }

        internal override T Read(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize(bytes, type)!;

        private Utf8JsonWriter Writer(ArrayBufferWriter<byte> buffer)
        {
            if (type.Options.Encoder is not null || _writer is not Utf8JsonWriter writer)
            {
                return new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = type.Options.Encoder });
            }

            _writer = null;
            writer.Reset(buffer);
            return writer;
        }
    }

    private sealed class Bytes : QueueFormat<byte[]>
    {
        internal override int Code => 2;

        internal override ReadOnlySpan<byte> Write(byte[] item)
        {
            ArgumentNullException.ThrowIfNull(item);
            return item;
        }

        internal override byte[] Read(ReadOnlySpan<byte> bytes) => bytes.ToArray();
    }
}
