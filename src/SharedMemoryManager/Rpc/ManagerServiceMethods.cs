using System.Text.Json;

namespace Multiprocessing;

/// <summary>The service as its server sees it: the name on the wire of each method, and the parameters it takes from there.</summary>
internal static class ManagerServiceMethods
{
    internal static IReadOnlyDictionary<string, RpcMethod> Of(IManagerService service)
    {
        ManagerJson json = ManagerJson.Default;
        return new Dictionary<string, RpcMethod>(StringComparer.Ordinal)
        {
            ["hello"] = (arguments, result) =>
            {
                string token = arguments.Get(0, "token", json.String);
                int processId = arguments.Get(1, "processId", json.Int32);
                string? prefix = arguments.GetOptional(2, "prefix", json.String, null);
                bool releaseOnEnd = arguments.GetOptional(3, "releaseOnEnd", json.Boolean, false);
                JsonSerializer.Serialize(
                    result, service.HelloAsync(token, processId, prefix, releaseOnEnd).Result, json.HelloResult);
            },
            ["track"] = (arguments, result) =>
            {
                service.Track(Checked(arguments.Get(0, "batch", json.TrackBatch)));
                result.WriteNullValue();
            },
            ["release"] = (arguments, result) =>
                result.WriteBooleanValue(service.ReleaseAsync(Checked(arguments.Get(0, "name", json.String))).Result),
            ["listBlocks"] = (_, result) => JsonSerializer.Serialize(result, service.ListBlocksAsync().Result, json.TrackedBlockArray),
            ["ping"] = (_, result) =>
            {
                service.PingAsync().Wait();
                result.WriteNullValue();
            },
        };
    }

    /// <summary>All of a batch, or nothing of it: what is no block, or no name of one, is found before the first is taken.</summary>
    private static TrackBatch Checked(TrackBatch batch)
    {
        foreach (TrackedBlock? block in batch.Created)
        {
            Checked(block?.Name);
        }

        Array.ForEach(batch.Released, name => Checked(name));
        return batch;
    }

    private static string Checked(string? name)
    {
        try
        {
            BlockName.Parse(name!);
            return name!;
        }
        catch (ArgumentException e)
        {
            throw new LocalRpcException(JsonRpcErrorCode.InvalidParams, e.Message);
        }
    }
}
