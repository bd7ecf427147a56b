using System.Diagnostics;

namespace Multiprocessing.Bench;

/// <summary>An interpreter that runs a script that asks measuring.py how to answer.</summary>
internal sealed class PythonPeer : PeerProcess
{
    private const string Interpreter = "CPython";
    private readonly Python _python;
    private readonly string _script;

    private PythonPeer(Python python, string script)
        : base(StartInfo(python, Script(script))) => (_python, _script) = (python, script);

    internal override string Name => _python.Name;

    /// <summary>The first of these interpreters, if there is one.</summary>
    internal static Peer TryStart(IReadOnlyList<Python> pythons, string script = "peer.py") =>
        TryStart(Interpreter, () => pythons.Count > 0
            ? new PythonPeer(pythons[0], script)
            : throw new InvalidOperationException("no interpreter was found."));

    internal static string Script(string name) => Path.Combine(AppContext.BaseDirectory, name);

    /// <summary>An interpreter that also sees what was installed for the peers.</summary>
    internal static ProcessStartInfo StartInfo(Python python, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = python.StartInfo(arguments);
        string packages = Installation.PythonPackages(python);
        if (Directory.Exists(packages))
        {
            string others = Environment.GetEnvironmentVariable("PYTHONPATH") ?? "";
            start.Environment["PYTHONPATH"] = others.Length == 0 ? packages : packages + Path.PathSeparator + others;
        }

        return start;
    }

    internal override Func<double> MeasuringAfresh(string what) => () => Nanoseconds(what, Programs.Output(StartInfo(_python, Script(_script), "once", what)));
}
