using System.Diagnostics;

namespace Multiprocessing.Bench;

/// <summary>A program in C, compiled when it is needed, if there is a compiler.</summary>
internal sealed class NativePeer : PeerProcess
{
    private readonly string _folder;

    private NativePeer(string folder)
        : base(new ProcessStartInfo(Path.Combine(folder, "peer"))) => _folder = folder;

    internal override string Name => "C";

    internal static Peer TryStart(string source) => TryStart(source, () =>
    {
        string folder = Directory.CreateTempSubdirectory("psm-bench-").FullName;
        try
        {
            Compile(["-pthread", "-o", Path.Combine(folder, "peer"), PythonPeer.Script(source)]);
            return new NativePeer(folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    });

    /// <exception cref="InvalidOperationException">There is no compiler, or it does not compile.</exception>
    internal static void Compile(IEnumerable<string> arguments) => Programs.Output(new ProcessStartInfo("cc", ["-O2", .. arguments]));

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
