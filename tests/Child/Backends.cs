namespace Multiprocessing.Tests;

/// <summary>Which mutex and which waiting a process uses: its system's, or the portable ones, which must do the same.</summary>
internal static class Backends
{
    internal const string System = "system";
    internal const string Portable = "portable";

    private const string Variable = "TEST_BACKEND";

    private static readonly IMutexBackend SystemMutex;
    private static readonly IWaitBackend SystemWait;

    // Not by initializers, which may run as late as at the first use: after the first switch, that is.
    static Backends() => (SystemMutex, SystemWait) = (MutexBackend.Current, WaitBackend.Current);

    /// <summary>Switches this process, and the children that it starts from now on.</summary>
    internal static Restore Use(string backend)
    {
        Environment.SetEnvironmentVariable(Variable, backend);
        (MutexBackend.Current, WaitBackend.Current) =
            backend == Portable ? (new LeaseMutex(), new PollingWait()) : (SystemMutex, SystemWait);
        return default;
    }

    /// <summary>As the parent does.</summary>
    internal static void UseOfParent() => Use(Environment.GetEnvironmentVariable(Variable) ?? System);

    internal readonly struct Restore : IDisposable
    {
        public void Dispose() => Use(System);
    }
}
