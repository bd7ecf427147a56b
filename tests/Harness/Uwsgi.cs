using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>A real uWSGI with its Python plugin, which evaluates what it is told. Where there is none the test is skipped, see <see cref="Peer"/>.</summary>
public sealed class Uwsgi : IDisposable
{
    private const string Program = "/usr/bin/uwsgi";
    private const string Plugin = "/usr/lib/uwsgi/plugins/python3_plugin.so";
    private const string Answer = ">>> ";

    // Its log goes the same way as what is printed, so an answer has a mark of its own.
    private const string Script = """
        import sys, uwsgi
        sys.stdout.reconfigure(encoding='utf-8')
        for line in sys.stdin:
            try:
                answer = repr(eval(line))
            except Exception as e:
                answer = type(e).__name__
            print('>>> ' + answer, flush=True)
        """;

    private readonly string _script;
    private readonly ConsoleProcess _process;

    /// <summary>Starts it with options such as <c>--sharedarea file=…,size=…</c>.</summary>
    public Uwsgi(params string[] options)
    {
        Peer.Require(File.Exists(Program) && File.Exists(Plugin), "uWSGI with its plugin for Python 3");
        _script = Path.Combine(Path.GetTempPath(), $"uwsgi-{Guid.NewGuid():N}.py");
        File.WriteAllText(_script, Script);

        // It makes its standard output the same as its standard error, so here it is the other way round.
        string[] command = ["-c", "exec \"$0\" \"$@\" 2>&1", Program, "--plugin", "python3", .. options, "--pyrun", _script];
        _process = new ConsoleProcess(new ProcessStartInfo("sh", command), "uWSGI");
    }

    /// <summary>What an expression is, as Python writes it; the name of the exception if it raises one.</summary>
    public string Eval(string expression)
    {
        _process.WriteLine(expression);
        while (true)
        {
            string line = _process.ReadLine();
            if (line.StartsWith(Answer, StringComparison.Ordinal))
            {
                return line[Answer.Length..];
            }
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _process.Dispose();
        File.Delete(_script);
    }
}
