using System.Diagnostics;

namespace Multiprocessing.Bench;

/// <summary>A uWSGI that runs uwsgi_peer.py, with uwsgi_peer.c compiled for it.</summary>
internal sealed class UwsgiPeer : PeerProcess
{
    private readonly string _folder;

    private UwsgiPeer(ProcessStartInfo start, string folder)
        : base(start, ">>> ") => _folder = folder;

    internal override string Name => "uWSGI";

    internal static Peer TryStart() => TryStart("uWSGI", () =>
    {
        string folder = Directory.CreateTempSubdirectory("psm-bench-").FullName;
        try
        {
            Programs.Output(new ProcessStartInfo("uwsgi", ["--version"]));
            string library = Path.Combine(folder, "uwsgi_peer.so");
            NativePeer.Compile(["-shared", "-fPIC", "-o", library, PythonPeer.Script("uwsgi_peer.c")]);

            // It makes its standard output the same as its standard error, so here it is the other way round.
            string[] command =
            [
                "-c", "exec \"$0\" \"$@\" 2>&1", "uwsgi", "--plugin", "python3", "--pythonpath", AppContext.BaseDirectory, "--sharedarea", "512",
                "--pyrun", PythonPeer.Script("uwsgi_peer.py"),
            ];
            var start = new ProcessStartInfo("sh", command);
            start.Environment["UWSGI_PEER_LIBRARY"] = library;
            return new UwsgiPeer(start, folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    });

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
