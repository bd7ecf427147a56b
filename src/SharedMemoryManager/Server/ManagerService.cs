using System.Security.Cryptography;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// The service for one connection. The owner's is trusted from the start, as nobody else has its pipe; a named one must say hello
/// with the token first.
/// </summary>
internal sealed class ManagerService(ServerSettings settings, BlockTable blocks, bool isOwner) : IManagerService
{
    private static readonly Task<bool> Done = Task.FromResult(true);

    /// <summary>Who has said hello.</summary>
    internal ClientSession? Session { get; private set; }

    /// <summary>Called when the caller has proven its right.</summary>
    internal Action? Trusted { get; init; }

    public Task<HelloResult> HelloAsync(string token, int processId, string? prefix, bool releaseOnEnd)
    {
        if (isOwner || !CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(settings.Address.Token)))
        {
            throw new LocalRpcException(JsonRpcErrorCode.Unauthorized, "That is not the token of this manager.");
        }

        // One that was connected to a server before this one goes on under the names that it has.
        bool goesOn = prefix is not null && ManagerNames.IsClientPrefix(settings.Id, prefix);
        Session = new ClientSession(goesOn ? prefix! : ManagerNames.NewClientPrefix(settings.Id), releaseOnEnd);
        Trusted?.Invoke();
        return Task.FromResult(new HelloResult(settings.Id, Session.Prefix, Environment.ProcessId));
    }

    public void Track(TrackBatch batch)
    {
        ThrowIfNotTrusted();
        foreach (TrackedBlock block in batch.Created)
        {
            if (blocks.IsOurs(block.Name))
            {
                blocks.Add(block);
                blocks.Hold(block.Name);
                if (settings.GuardNames)
                {
                    NameGuard.Guard(block.Name);
                }
            }
        }

        foreach (string name in batch.Released)
        {
            blocks.Remove(name);
        }
    }

    public Task<bool> ReleaseAsync(string name)
    {
        ThrowIfNotTrusted();
        return blocks.IsOurs(name) ? Task.FromResult(blocks.Release(name))
            : blocks.Adopted.TryRelease(name) ? Done
            : throw new LocalRpcException(JsonRpcErrorCode.InvalidParams, $"'{name}' is not a block of this manager.");
    }

    public Task<TrackedBlock[]> ListBlocksAsync()
    {
        ThrowIfNotTrusted();
        return Task.FromResult(blocks.List());
    }

    public Task PingAsync()
    {
        ThrowIfNotTrusted();
        return Done;
    }

    internal void ThrowIfNotTrusted()
    {
        if (!isOwner && Session is null)
        {
            throw new LocalRpcException(JsonRpcErrorCode.Unauthorized, "Say hello with the manager's token first.");
        }
    }
}
