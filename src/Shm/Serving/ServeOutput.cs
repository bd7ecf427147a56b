namespace Multiprocessing.Shm;

/// <summary>What <c>shm serve</c> says: when clients can connect, and what its end removed.</summary>
internal sealed class ServeOutput(OutputFormat format, PythonEndpointOptions? python)
{
    private readonly string? _key = python is null ? null : Convert.ToHexStringLower(python.AuthKey.Span);

    /// <summary>That clients can connect, and by what.</summary>
    internal void Ready(string address)
    {
        if (format == OutputFormat.Json)
        {
            JsonLine.Write(Console.Out, json =>
            {
                json.WriteString("address", address);
                json.WriteNumber("processId", Environment.ProcessId);
                if (python is not null)
                {
                    json.WriteString("pythonAddress", python.Address);
                    json.WriteString("pythonAuthKey", _key);
                }
            });
            return;
        }

        Console.Out.WriteLine($"address         {address}");
        if (python is not null)
        {
            Console.Out.WriteLine($"python address  {python.Address}");
            Console.Out.WriteLine($"python authkey  {_key}");
        }

        Console.Out.Flush();
    }

    /// <summary>That it has ended.</summary>
    internal void Ended(SharedMemoryShutdownReport report)
    {
        foreach (string failure in report.NotRemoved)
        {
            Console.Error.WriteLine($"shm serve: could not remove {failure}");
        }

        if (format == OutputFormat.Json)
        {
            JsonLine.Write(Console.Out, json =>
            {
                json.WriteNumber("removed", report.Removed);
                json.WritePropertyName("notRemoved");
                JsonOutput.WriteValue(json, report.NotRemoved);
            });
            return;
        }

        Console.Out.WriteLine($"removed         {report.Removed}");
        Console.Out.Flush();
    }
}
