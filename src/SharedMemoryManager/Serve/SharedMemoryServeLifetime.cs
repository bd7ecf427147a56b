namespace Multiprocessing;

/// <summary>How long a server of <see cref="SharedMemoryManager.Serve"/> stays.</summary>
public enum SharedMemoryServeLifetime
{
    /// <summary>Until it is asked to end: by a signal, by its cancellation, or by a client that may (<see cref="SharedMemoryServeOptions.AllowShutdown"/>).</summary>
    RemainUntilShutdown,

    /// <summary>The same, or until the last client has gone, once the first has come.</summary>
    UntilLastClientHasGone,
}
