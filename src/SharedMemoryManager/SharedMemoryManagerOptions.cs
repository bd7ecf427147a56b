using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Multiprocessing;

/// <summary>How a manager is started. The defaults suit everybody who has no reason to differ.</summary>
public sealed record SharedMemoryManagerOptions
{
    internal static readonly SharedMemoryManagerOptions Default = new();

    /// <summary>How the blocks are made that are handed out: their mode, and whether their pages are reserved.</summary>
    public SharedMemoryOptions Blocks { get; init; } = new();

    /// <summary>
    /// How long <see cref="SharedMemoryManager.Shutdown"/> waits for the server to unlink and to end, before it kills the server and
    /// does the rest itself. Default: 5 seconds.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the names of blocks are guarded, which is the default: one that somebody else unlinks, such as the resource tracker of a stock Python
    /// that only attached, is back within milliseconds. Unlinking it from here, by <c>Unlink</c> or <c>Release</c>, is always meant. (Linux.)
    /// </summary>
    public bool GuardNames { get; init; } = true;

    /// <summary>
    /// The <c>dotnet</c> host that runs the server. Null, the default, for the one that runs the application, or the application itself where it
    /// has none (see <see cref="SharedMemoryManager.RunIfServer"/>).
    /// </summary>
    public string? ServerHostPath { get; init; }

    /// <summary>Where the server makes the folder of its socket. Null, the default, for the user's folder of temporary files.</summary>
    public string? TemporaryDirectory { get; init; }

    /// <summary>
    /// Asks for a second address, at which stock Python (3.8 or later) connects with its own <c>SharedMemoryManager</c> and has its blocks and lists tracked by
    /// this one. Null, the default, for none. (Linux.)
    /// </summary>
    public PythonEndpointOptions? PythonEndpoint { get; init; }

    /// <summary>Told when the server starts, ends, is lost or cannot clean up: what an operator wants to know.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Who makes the meter that this manager's numbers are told by. Null, the default, for one that the process has for all its managers (<see cref="SharedMemoryManagerTelemetry"/>).</summary>
    public IMeterFactory? MeterFactory { get; init; }
}
