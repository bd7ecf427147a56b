namespace Multiprocessing;

/// <summary>The service as its callers see it: each method is one message. Tasks are complete when they are returned.</summary>
internal sealed class ManagerServiceProxy(JsonRpc rpc) : IManagerService
{
    private static readonly object[] NoParameters = [];

    public Task<HelloResult> HelloAsync(string token, int processId, string? prefix, bool releaseOnEnd) =>
        Task.FromResult(rpc.Invoke(
            "hello",
            new HelloParameters(token, processId, prefix, releaseOnEnd),
            ManagerJson.Default.HelloParameters,
            ManagerJson.Default.HelloResult));

    public void Track(TrackBatch batch) => rpc.Notify("track", new TrackParameters(batch), ManagerJson.Default.TrackParameters);

    public Task<bool> ReleaseAsync(string name) =>
        Task.FromResult(rpc.Invoke("release", [name], ManagerJson.Default.StringArray, ManagerJson.Default.Boolean));

    public Task<TrackedBlock[]> ListBlocksAsync() =>
        Task.FromResult(rpc.Invoke("listBlocks", NoParameters, ManagerJson.Default.ObjectArray, ManagerJson.Default.TrackedBlockArray));

    public Task PingAsync()
    {
        rpc.InvokeRaw("ping", "[]"u8, 0, static (_, ref _) => true);
        return Task.CompletedTask;
    }
}
