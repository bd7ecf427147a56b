namespace Multiprocessing;

/// <summary>
/// By what name metrics and traces of managers are subscribed to: <c>AddMeter(SharedMemoryManagerTelemetry.MeterName)</c>,
/// <c>AddSource(SharedMemoryManagerTelemetry.ActivitySourceName)</c>, or <c>dotnet-counters monitor Multiprocessing.SharedMemoryManager</c>. docs/hosting.md lists the instruments.
/// </summary>
/// <remarks>
/// The framework's part for meters and traces takes some 10 ms to load, which is several times what a manager's start takes. But who listens in this process has loaded it. So as long as it is
/// not there, a manager's start does without; a program that lives on has its instruments a little later, for those who listen from without.
/// </remarks>
public static class SharedMemoryManagerTelemetry
{
    /// <summary>The name of the <c>Meter</c>.</summary>
    public const string MeterName = "Multiprocessing.SharedMemoryManager";

    /// <summary>The name of the <c>ActivitySource</c>.</summary>
    public const string ActivitySourceName = MeterName;

    internal const string ManagerIdTag = "shared_memory.manager.id";

    private const string Framework = "System.Diagnostics.DiagnosticSource,";

    private static bool _mayBeHeard;

    /// <summary>Whether there can be a listener in this process: what it listens with is loaded.</summary>
    internal static bool MayBeHeard => _mayBeHeard || (_mayBeHeard = IsLoaded());

    private static bool IsLoaded()
    {
        foreach (System.Reflection.Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (assembly.FullName?.StartsWith(Framework, StringComparison.Ordinal) == true)
            {
                return true;
            }
        }

        return false;
    }
}
