using System.Globalization;

namespace Multiprocessing;

/// <summary>Open files, sockets and pipes of this process.</summary>
/// <remarks>
/// The runtime opens things of its own when they are first needed. What can be told for such by what it refers to is left out: its queues of events, and what it loads. The pipe by
/// which it is told of signals and of the end of processes cannot, so it is opened before the first look.
/// </remarks>
internal static class DescriptorLeaks
{
    private static readonly string[] OfTheRuntime = ["anon_inode:[eventpoll]", "/memfd:doublemapper", "/proc/", "/dev/null", "/dev/urandom", "/dev/random", "/tmp/clr-debug-pipe"];
    private static readonly string[] Loaded = [".dll", ".exe", ".so", ".pdb", ".json", ".dat"];

    static DescriptorLeaks()
    {
        if (!OperatingSystem.IsWindows())
        {
            System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGCONT, static _ => { }).Dispose();
        }
    }

    /// <summary>How often this process has open what.</summary>
    internal static Dictionary<string, int> Count() => Interesting().GroupBy(static open => open.Value).ToDictionary(static group => group.Key, static group => group.Count());

    /// <summary>What it has open more often than then.</summary>
    internal static IEnumerable<Leak> Find(Dictionary<string, int> before)
    {
        foreach (IGrouping<string, KeyValuePair<int, string>> group in Interesting().GroupBy(static open => open.Value))
        {
            foreach ((int descriptor, string target) in group.OrderBy(static open => open.Key).Skip(before.GetValueOrDefault(group.Key)))
            {
                yield return new Leak(
                    LeakKinds.Descriptors, descriptor.ToString(CultureInfo.InvariantCulture), OwnDescriptors.Describe(descriptor, target) + ", open in this process");
            }
        }
    }

    private static IEnumerable<KeyValuePair<int, string>> Interesting() => OwnDescriptors.Read().Where(static open => !IsOfTheRuntime(open.Key, open.Value));

    private static bool IsOfTheRuntime(int descriptor, string target) =>
        Array.Exists(OfTheRuntime, own => target.StartsWith(own, StringComparison.Ordinal))
        || (target.StartsWith('/') && Array.Exists(Loaded, end => target.EndsWith(end, StringComparison.OrdinalIgnoreCase) || target.Contains(end + ".", StringComparison.Ordinal)))
        || (LeakRun.Folder is string folder && target.StartsWith(Path.GetDirectoryName(folder)!, StringComparison.Ordinal))
        || (target.StartsWith(LeaseFile.Directory + "/#", StringComparison.Ordinal) && OwnDescriptors.LeaseOf(descriptor) is string lease && Files.IsProcessLease(lease));
}
