using System.Text;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>What the store writes into its journal, and reads from that of the server before.</summary>
internal sealed partial class ObjectStore
{
    /// <summary>More than the fixed parts of a record take.</summary>
    private const int RecordOverhead = 64;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>Holds again what the server before this one held.</summary>
    internal void Recover()
    {
        lock (_lock)
        {
            try
            {
                foreach (byte[] record in _journal?.Recover() ?? [])
                {
                    using var reader = new BinaryReader(new MemoryStream(record), Encoding.UTF8);
                    Replay(reader);
                }
            }
            catch (Exception e) when (e is InvalidDataException or IOException or JsonException or LocalRpcException or KeyNotFoundException or ArgumentException)
            {
                // Only who writes into a manager's blocks can bring that about. What came before it is held.
                Console.Error.WriteLine($"objects: {e.Message}");
                _journal!.GiveUp();
            }
        }

        if (_clients.Count > 0)
        {
            new Thread(WaitForAbsent) { IsBackground = true, Name = "absent clients" }.Start();
        }
    }

    /// <summary>Gives back the references of those who died while there was no server, or before they came to this one.</summary>
    private void WaitForAbsent()
    {
        bool isOver = false;
        while (!isOver)
        {
            Thread.Sleep(LookInterval);
            lock (_lock)
            {
                ObjectClient[] absent = [.. _clients.Values.Where(client => client.Session is null && client.Id != ObjectClient.Owner)];
                foreach (ObjectClient client in absent.Where(client => !_closed && client.IsDead))
                {
                    Leave(client);
                }

                isOver = _closed || absent.Length == 0;
            }
        }
    }

    private void Reserve(long bytes)
    {
        try
        {
            _journal?.Reserve(bytes, Snapshot);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LocalRpcException(JsonRpcErrorCode.ObjectLimit, $"There is no room for the change in the journal: {e.Message}");
        }
    }

    /// <summary>At least as many bytes as the record of that change has.</summary>
    private static long RecordBound(ObjectClient client, string target, string operation, ObjectArguments arguments) =>
        RecordOverhead + Encoding.UTF8.GetMaxByteCount(client.Id.Length + target.Length + operation.Length) + arguments.Raw.Length;

    private static byte[] Record(ObjectRecord kind, Action<BinaryWriter> write)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write((byte)kind);
        write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    private static byte[] ChangeRecord(ObjectClient client, string target, string operation, long? number, ObjectArguments arguments)
    {
        byte[] raw = arguments.Raw.ToArray();
        return Record(ObjectRecord.Change, writer =>
        {
            writer.Write(client.Id);
            writer.Write(target);
            writer.Write(operation);
            writer.Write(number ?? 0);
            writer.Write(raw.Length);
            writer.Write(raw);
        });
    }

    private static byte[] LeaveRecord(ObjectClient client) => Record(ObjectRecord.Leave, writer => writer.Write(client.Id));

    private IEnumerable<byte[]> Snapshot()
    {
        yield return Record(ObjectRecord.Made, writer => writer.Write(_made));
        foreach (ServedObject each in _objects.Values)
        {
            yield return Record(ObjectRecord.Object, writer =>
            {
                writer.Write(each.Name);
                writer.Write(each.Kind);
                writer.Write(each.IsKept);
                each.Save(writer);
            });
        }

        foreach (ObjectClient client in _clients.Values)
        {
            yield return Record(ObjectRecord.Client, writer => Save(client, writer));
        }
    }

    private static void Save(ObjectClient client, BinaryWriter writer)
    {
        writer.Write(client.Id);
        writer.Write(client.LastNumber);
        writer.Write(client.LastResult.Length);
        writer.Write(client.LastResult);
        writer.Write(client.References.Count);
        foreach ((string name, int count) in client.References)
        {
            writer.Write(name);
            writer.Write(count);
        }
    }

    private void Replay(BinaryReader reader)
    {
        switch ((ObjectRecord)reader.ReadByte())
        {
            case ObjectRecord.Change:
                ReplayChange(reader);
                break;
            case ObjectRecord.Leave:
                Forget(ClientOf(reader.ReadString()));
                break;
            case ObjectRecord.Made:
                _made = reader.ReadInt64();
                break;
            case ObjectRecord.Object:
                ServedObject made = New(reader.ReadString(), reader.ReadString(), reader.ReadBoolean());
                made.Load(reader);
                _objects.Add(made.Name, made);
                break;
            case ObjectRecord.Client:
                Load(ClientOf(reader.ReadString()), reader);
                break;
            default:
                throw new InvalidDataException("The journal has a record of a kind that this library does not know.");
        }
    }

    private void ReplayChange(BinaryReader reader)
    {
        ObjectClient client = ClientOf(reader.ReadString());
        string target = reader.ReadString();
        string operation = reader.ReadString();
        long number = reader.ReadInt64();
        using JsonDocument arguments = JsonDocument.Parse(reader.ReadBytes(reader.ReadInt32()));
        RunToAnswer(client, target, operation, new ObjectArguments(arguments.RootElement));
        Remember(client, number == 0 ? null : number);
    }

    private void Load(ObjectClient client, BinaryReader reader)
    {
        client.LastNumber = reader.ReadInt64();
        client.LastResult = reader.ReadBytes(reader.ReadInt32());
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            ServedObject referred = _objects[reader.ReadString()];
            int references = reader.ReadInt32();
            client.References[referred.Name] = references;
            referred.References += references;
        }
    }
}
