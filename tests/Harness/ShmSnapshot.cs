using System.Runtime.CompilerServices;

namespace Multiprocessing.Tests;

/// <summary>
/// A <see cref="LeakCheck"/> as the tests of this repository want it: of the whole machine, as assemblies take turns (<see cref="LeakFixture"/>), and of what outlives a process only, as the runner's own
/// descriptors come and go.
/// </summary>
/// <remarks>A test that takes a snapshot must not run beside tests that make blocks.</remarks>
public sealed class ShmSnapshot
{
    private static readonly string[] BuildServers = ["MSBuild.dll", "VBCSCompiler"];

    private readonly LeakCheck _check;

    private ShmSnapshot(LeakCheck check) => _check = check;

    /// <summary>What is looked for, and whose.</summary>
    internal static LeakCheckOptions Options { get; } = new()
    {
        Watch = LeakKinds.Blocks | LeakKinds.Leases | LeakKinds.Sockets | LeakKinds.Processes,
        Scope = LeakScope.Everything,
        Grace = TimeSpan.FromSeconds(15),

        // A test that builds something starts them, and they stay for the next build.
        Ignore = static leak => leak.Kind == LeakKinds.Processes && BuildServers.Any(server => leak.Detail.Contains(server, StringComparison.Ordinal)),
    };

    /// <summary>Takes a snapshot of this moment.</summary>
    public static ShmSnapshot Take([CallerMemberName] string member = "", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        new(LeakCheck.Start(Options, member, file, line));

    /// <summary>Waits until nothing is there that was not there at the snapshot.</summary>
    /// <exception cref="LeakException">Something stays.</exception>
    public void AssertUnchanged() => _check.Verify();
}
