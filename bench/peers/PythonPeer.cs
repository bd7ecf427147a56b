namespace Multiprocessing.Bench;

/// <summary>An interpreter that runs peer.py, or another script like it.</summary>
internal sealed class PythonPeer(Python python, string script = "peer.py") : PeerProcess(python.StartInfo(Script(script)))
{
    internal Python Python { get; } = python;

    internal override string Name => Python.Name;

    internal static string Script(string name) => Path.Combine(AppContext.BaseDirectory, name);

    /// <summary>A contestant, measured by an interpreter that was started for it.</summary>
    internal Func<double> MeasuringAfresh(string what) => () => Nanoseconds(what, Programs.Output(Python.StartInfo(Script("peer.py"), "once", what)));
}
