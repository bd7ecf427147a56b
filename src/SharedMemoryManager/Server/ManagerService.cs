using System.Security.Cryptography;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// The service for one connection. The owner's is trusted from the start, as nobody else has its pipe; a named one must say hello
/// with the token first.
/// </summary>
internal sealed class ManagerService(ServerSettings settings, BlockTable blocks, Func<int>? nextClient) : IManagerService
{
    private bool _trusted = nextClient is null;

    /// <summary>Called once when the caller has proven its right.</summary>
    internal Action? Trusted { get; init; }

    public Task<HelloResult> HelloAsync(string token, int processId)
    {
        if (nextClient is null || !CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(settings.Address.Token)))
        {
            throw new LocalRpcException(JsonRpcErrorCode.Unauthorized, "That is not the token of this manager.");
        }

        _trusted = true;
        Trusted?.Invoke();
        return Task.FromResult(new HelloResult(
            settings.Id, ManagerNames.ClientPrefix(settings.Id, nextClient()), Environment.ProcessId));
    }

    public void Track(TrackBatch batch)
    {
        ThrowIfNotTrusted();
        foreach (TrackedBlock block in batch.Created)
        {
            blocks.Add(block);
            blocks.Hold(block.Name);
        }

        foreach (string name in batch.Released)
        {
            blocks.Remove(name);
        }
    }

    public Task<TrackedBlock[]> ListBlocksAsync()
    {
        ThrowIfNotTrusted();
        return Task.FromResult(blocks.List());
    }

    public Task PingAsync()
    {
        ThrowIfNotTrusted();
        return Task.CompletedTask;
    }

    private void ThrowIfNotTrusted()
    {
        if (!_trusted)
        {
            throw new LocalRpcException(JsonRpcErrorCode.Unauthorized, "Say hello with the manager's token first.");
        }
    }
}
