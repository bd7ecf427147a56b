using System.ComponentModel;
using System.Diagnostics;

namespace Multiprocessing.Bench;

/// <summary>A program in C, compiled when it is needed, if there is a compiler.</summary>
internal sealed class NativePeer : PeerProcess
{
    private readonly string _folder;

    private NativePeer(string folder, string program)
        : base(new ProcessStartInfo(program)) => _folder = folder;

    internal override string Name => "C";

    /// <summary>Null, and a word about it on standard error, if it cannot be compiled: the rows then say that it is missing.</summary>
    internal static NativePeer? TryStart(string source)
    {
        string folder = Directory.CreateTempSubdirectory("psm-bench-").FullName;
        try
        {
            string program = Path.Combine(folder, "peer");
            Programs.Output(new ProcessStartInfo("cc", ["-O2", "-pthread", "-o", program, Path.Combine(AppContext.BaseDirectory, source)]));
            return new NativePeer(folder, program);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            Console.Error.WriteLine($"{source}: {e.Message}");
            Directory.Delete(folder, recursive: true);
            return null;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
