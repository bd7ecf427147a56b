using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>A real Node.js with the packages that <c>npm ci</c> has put beside the test's project. Where they are not the test is skipped, see <see cref="Peer"/>.</summary>
public static class Node
{
    /// <summary>Starts a script, which lies below the folder of the packages, that the test talks to.</summary>
    /// <param name="script">Its path.</param>
    /// <param name="package">The package that it needs.</param>
    /// <param name="configure">Sees to its environment, say.</param>
    /// <param name="args">Its arguments.</param>
    public static ConsoleProcess Start(string script, string package, Action<ProcessStartInfo> configure, params string[] args)
    {
        string? program = Environment.GetEnvironmentVariable("PATH")?.Split(':').Select(static folder => Path.Combine(folder, "node")).FirstOrDefault(File.Exists);
        Peer.Require(program is not null, "Node.js");

        // As Node.js itself looks for it: in each folder above the script's.
        string? above = Path.GetDirectoryName(script);
        while (above is not null && !Directory.Exists(Path.Combine(above, "node_modules", package)))
        {
            above = Path.GetDirectoryName(above);
        }

        Peer.Require(above is not null, $"package {package} (npm ci)");
        var start = new ProcessStartInfo(program!, [script, .. args]);
        configure(start);
        return new ConsoleProcess(start, "Node.js");
    }
}
