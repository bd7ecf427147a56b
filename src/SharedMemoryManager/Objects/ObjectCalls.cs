using System.Buffers;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// A link's calls on objects: one at a time and numbered, so that a server which follows one that died over a change knows whether it was made.
/// </summary>
internal sealed class ObjectCalls(ManagerLink link)
{
    private static int _links;

    private readonly ArrayBufferWriter<byte> _parameters = new(256);
    private readonly Lock _lock = new();
    private readonly string _clientId = $"{Interlocked.Increment(ref _links):x}";
    private Utf8JsonWriter? _writer;
    private ManagerConnection? _joined;
    private long _lastNumber;

    /// <summary>One call, and its answer.</summary>
    /// <param name="target">The object; empty for the operations that concern all.</param>
    /// <param name="operation">What to do.</param>
    /// <param name="isChange">Whether it is to be made once and not again.</param>
    /// <param name="state">For the two that follow.</param>
    /// <param name="write">Writes the arguments.</param>
    /// <param name="read">Reads the answer, on whose first token the reader stands.</param>
    /// <exception cref="SharedMemoryManagerException">There is no such object, it would be too large, or the manager is gone for good.</exception>
    /// <exception cref="ArgumentException">The arguments do not fit.</exception>
    internal TResult Call<TState, TResult>(
        string target, string operation, bool isChange, TState state, Action<Utf8JsonWriter, TState> write, AnswerReader<TState, TResult> read)
    {
        lock (_lock)
        {
            WriteParameters(target, operation, isChange, state, write);
            if (_parameters.WrittenCount > ObjectLimits.MostObjectBytes)
            {
                throw new SharedMemoryManagerException(
                    SharedMemoryManagerError.ObjectLimit,
                    $"The arguments of '{operation}' have {_parameters.WrittenCount} bytes as JSON; an object may have {ObjectLimits.MostObjectBytes}.");
            }

            try
            {
                return link.CallOn(connection =>
                {
                    Join(connection);
                    return connection.Rpc.InvokeRaw("callObject", _parameters.WrittenSpan, state, read);
                });
            }
            catch (RemoteInvocationException e)
            {
                throw Translate(e);
            }
        }
    }

    private void WriteParameters<TState>(string target, string operation, bool isChange, TState state, Action<Utf8JsonWriter, TState> write)
    {
        _parameters.ResetWrittenCount();
        _writer ??= new Utf8JsonWriter(_parameters);
        _writer.Reset(_parameters);
        _writer.WriteStartArray();
        _writer.WriteStringValue(target);
        _writer.WriteStringValue(operation);
        if (isChange)
        {
            // The server keeps the answer to the last one: who asks again under its number gets that.
            _writer.WriteNumberValue(++_lastNumber);
        }
        else
        {
            _writer.WriteNullValue();
        }

        _writer.WriteStartArray();
        write(_writer, state);
        _writer.WriteEndArray();
        _writer.WriteEndArray();
        _writer.Flush();
    }

    /// <summary>Says once a connection who calls. The owner is known by his pipe.</summary>
    private void Join(ManagerConnection connection)
    {
        if (_joined != connection && !link.IsOwner)
        {
            string client = $"[\"{ProcessLease.Current.Id:x16}.{_clientId}\"]";
            connection.Rpc.InvokeRaw("joinObjects", System.Text.Encoding.ASCII.GetBytes(client), 0, static (_, ref _) => true);
        }

        _joined = connection;
    }

    private static Exception Translate(RemoteInvocationException e) => e.Code switch
    {
        JsonRpcErrorCode.ObjectNotFound => new SharedMemoryManagerException(SharedMemoryManagerError.ObjectNotFound, e.Message, "", e),
        JsonRpcErrorCode.ObjectLimit => new SharedMemoryManagerException(SharedMemoryManagerError.ObjectLimit, e.Message, "", e),
        JsonRpcErrorCode.WrongKind => new InvalidDataException(e.Message, e),
        JsonRpcErrorCode.IndexOutOfRange => new ArgumentOutOfRangeException(e.Message, e),
        JsonRpcErrorCode.InvalidParams or JsonRpcErrorCode.ParseError => new ArgumentException(e.Message, e),
        _ => new SharedMemoryManagerException(SharedMemoryManagerError.Refused, $"The server refused: {e.Message}", "", e),
    };
}
