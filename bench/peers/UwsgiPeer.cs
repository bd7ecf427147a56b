using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Multiprocessing.Bench;

/// <summary>A uWSGI that runs uwsgi_peer.py, with uwsgi_peer.c compiled for it, and measures what it is told to, when it is told to.</summary>
internal sealed class UwsgiPeer : IDisposable
{
    private const string Answer = ">>> ";

    private readonly string _folder = Directory.CreateTempSubdirectory("psm-bench-").FullName;
    private readonly Process? _process;

    /// <exception cref="InvalidOperationException">There is no uWSGI with its Python plugin, or no C compiler.</exception>
    internal UwsgiPeer()
    {
        try
        {
            string library = Path.Combine(_folder, "uwsgi_peer.so");
            Programs.Output(new ProcessStartInfo("cc", ["-O2", "-shared", "-fPIC", "-o", library, PythonPeer.Script("uwsgi_peer.c")]));

            // It makes its standard output the same as its standard error, so here it is the other way round.
            string[] command =
            [
                "-c", "exec \"$0\" \"$@\" 2>&1", "uwsgi", "--plugin", "python3", "--sharedarea", "512", "--pyrun", PythonPeer.Script("uwsgi_peer.py"),
            ];
            var start = new ProcessStartInfo("sh", command) { RedirectStandardInput = true, RedirectStandardOutput = true };
            start.Environment["UWSGI_PEER_LIBRARY"] = library;
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            Dispose();
            throw new InvalidOperationException($"uWSGI's side needs uwsgi-core, uwsgi-plugin-python3 and a C compiler: {e.Message}", e);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A contestant of this name in uwsgi_peer.py.</summary>
    internal Func<double> Measuring(string what) => () => Measure(what);

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            {
                _process.Kill();
            }

            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private double Measure(string what)
    {
        _process!.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {Contest.Loop.TotalSeconds}"));
        _process.StandardInput.Flush();
        while (_process.StandardOutput.ReadLine() is string line)
        {
            if (line.StartsWith(Answer, StringComparison.Ordinal))
            {
                using JsonDocument json = JsonDocument.Parse(line[Answer.Length..]);
                return json.RootElement.TryGetProperty("ns", out JsonElement nanoseconds)
                    ? nanoseconds.GetDouble()
                    : throw new InvalidOperationException($"uWSGI could not measure {what}: {json.RootElement.GetProperty("error").GetString()}");
            }
        }

        throw new InvalidOperationException($"uWSGI ended before it had measured {what}.");
    }
}
