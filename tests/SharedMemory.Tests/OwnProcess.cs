using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What this process has open and mapped, from /proc/self. Where there is none the test is skipped.</summary>
internal static class OwnProcess
{
    /// <summary>How many descriptors are open.</summary>
    internal static int Descriptors => Directory.GetFileSystemEntries(Proc("fd")).Length;

    /// <summary>The lines of the map of this process's memory: range, rights, offset, device, inode and path.</summary>
    internal static string[] Mappings => File.ReadAllLines(Proc("maps"));

    /// <summary>The mapping that an address lies in.</summary>
    internal static string MappingAt(nint address) => Mappings.Single(line =>
    {
        string[] range = line.Split(' ')[0].Split('-');
        return Number(range[0]) <= (ulong)address && (ulong)address < Number(range[1]);
    });

    private static ulong Number(string hex) => ulong.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Proc(string what)
    {
        Peer.Require(Directory.Exists("/proc/self"), "/proc");
        return $"/proc/self/{what}";
    }
}
