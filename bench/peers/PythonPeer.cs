namespace Multiprocessing.Bench;

/// <summary>An interpreter that runs peer.py.</summary>
internal sealed class PythonPeer(Python python) : PeerProcess(python.StartInfo(Script("peer.py")))
{
    internal Python Python { get; } = python;

    internal override string Name => Python.Name;

    internal static string Script(string name) => Path.Combine(AppContext.BaseDirectory, name);

    /// <summary>A contestant, measured by an interpreter that was started for it.</summary>
    internal Func<double> MeasuringAfresh(string what) => () => Nanoseconds(what, Programs.Output(Python.StartInfo(Script("peer.py"), "once", what)));
}
