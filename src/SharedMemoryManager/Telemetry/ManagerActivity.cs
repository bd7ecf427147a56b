using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// One of the few things that a manager does and a trace may tell of: its start, say. Null where nobody listens. A type of its own, so that code that uses it can be
/// compiled without the framework's part for traces (<see cref="SharedMemoryManagerTelemetry"/>).
/// </summary>
internal sealed class ManagerActivity : IDisposable
{
    private readonly Activity _activity;

    private ManagerActivity(Activity activity) => _activity = activity;

    /// <summary>Begins one; null if nobody wants to know.</summary>
    internal static ManagerActivity? Start(string name, bool isCall = false) => SharedMemoryManagerTelemetry.MayBeHeard ? StartHeard(name, isCall) : null;

    internal void Tag(string name, object? value) => _activity.SetTag(name, value);

    internal void TagManager(string id, int serverProcessId)
    {
        Tag(SharedMemoryManagerTelemetry.ManagerIdTag, id);
        Tag("shared_memory.server.pid", serverProcessId);
    }

    /// <summary>It has failed. (The names are OpenTelemetry's.)</summary>
    internal void Fail(Exception e)
    {
        _activity.SetStatus(ActivityStatusCode.Error, e.Message);
        _activity.SetTag("error.type", e is SharedMemoryManagerException known ? known.Error.ToString() : e.GetType().FullName);
        _activity.AddException(e);
    }

    public void Dispose() => _activity.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ManagerActivity? StartHeard(string name, bool isCall) =>
        Source.All.StartActivity(name, isCall ? ActivityKind.Client : ActivityKind.Internal) is Activity activity ? new ManagerActivity(activity) : null;

    private static class Source
    {
        internal static readonly ActivitySource All = new(SharedMemoryManagerTelemetry.ActivitySourceName);
    }
}
