using System.Globalization;
using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>Calls the server of a stock Python's manager: a connection for each call, as CPython does.</summary>
internal sealed class PythonClient
{
    /// <summary>The longest answer, in bytes: a list of a few million names.</summary>
    private const int LongestAnswer = 64 * 1024 * 1024;

    /// <summary>For each word of the other end. It answers at once, unless it is stopped, or its machine is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly byte[] _key;
    private readonly string? _host;
    private readonly int _port;

    internal PythonClient(string address, byte[] key)
    {
        Address = address;
        _key = key;
        int colon = address.LastIndexOf(':');
        if (!address.Contains('/', StringComparison.Ordinal) && address[0] != '\0' && colon > 0)
        {
            _host = address[..colon];
            if (!int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _port) || _port > ushort.MaxValue)
            {
                throw new ArgumentException($"'{address}' has no number of a port behind its colon.", nameof(address));
            }
        }
    }

    internal string Address { get; }

    /// <summary>Connects, and proves the key. What is called then is called on this connection.</summary>
    /// <exception cref="SharedMemoryManagerException">Nobody answers there, or not to this key.</exception>
    internal Connection Connect()
    {
        Socket? socket = null;
        try
        {
            socket = Open();
            socket.ReceiveTimeout = socket.SendTimeout = (int)Patience.TotalMilliseconds;
            var stream = new NetworkStream(socket, ownsSocket: true);
            PythonHandshake.Connect(stream, _key);
            return new Connection(this, stream);
        }
        catch (PythonProtocolException e)
        {
            socket?.Dispose();
            throw new SharedMemoryManagerException(SharedMemoryManagerError.Refused, $"The Python manager at {Address} refused: {e.Message}", "", e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            socket?.Dispose();
            throw new SharedMemoryManagerException(SharedMemoryManagerError.NotFound, $"No Python manager answers at {Address}: {e.Message}", "", e);
        }
    }

    private Socket Open()
    {
        var socket = _host is null
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (_host is null)
            {
                socket.Connect(new UnixDomainSocketEndPoint(Address));
            }
            else
            {
                socket.Connect(_host, _port);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal sealed class Connection(PythonClient client, Stream stream) : IDisposable
    {
        /// <summary>The one call of this connection.</summary>
        /// <exception cref="PythonException">It failed there.</exception>
        /// <exception cref="SharedMemoryManagerException">The server went, or says what is no answer.</exception>
        internal object? Call(string method, params object?[] arguments)
        {
            try
            {
                PythonFrames.Write(stream, PickleWriter.Write(new object?[] { null, method, arguments, new Dictionary<string, object?>() }));
                byte[] answer = PythonFrames.Read(stream, LongestAnswer) ?? throw new EndOfStreamException();
                return PickleReader.Read(answer, int.MaxValue) switch
                {
                    object?[] { Length: 2 } parts when parts[0] is "#RETURN" => parts[1],
                    object?[] { Length: 2 } parts when parts[1] is string text => throw PythonException.Parse(text),
                    _ => throw new PythonProtocolException("The answer is none."),
                };
            }
            catch (IOException e)
            {
                throw new SharedMemoryManagerException(
                    SharedMemoryManagerError.ServerLost, $"The Python manager at {client.Address} was lost over a call: {e.Message}", "", e);
            }
        }

        public void Dispose() => stream.Dispose();
    }
}
