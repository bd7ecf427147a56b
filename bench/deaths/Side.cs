using System.Diagnostics;

namespace Multiprocessing.Bench;

/// <summary>Who dies.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Stranger">The interpreter that plays the stock Python that is nobody's relative.</param>
internal abstract record Side(string Name, Python Stranger)
{
    internal abstract ProcessStartInfo StartInfo(params IEnumerable<string> role);

    /// <summary>A stock Python that plays a role.</summary>
    internal ProcessStartInfo StrangerStartInfo(params IEnumerable<string> role) =>
        new(Stranger.Path, [Path.Combine(AppContext.BaseDirectory, "peer.py"), .. role]);
}

/// <summary>This library: this program is run again.</summary>
internal sealed record OurSide(Python Stranger) : Side("ours", Stranger)
{
    internal override ProcessStartInfo StartInfo(params IEnumerable<string> role) => Programs.Self([Role.Verb, .. role]);
}

/// <summary>Stock CPython.</summary>
internal sealed record PythonSide(Python Python) : Side($"CPython {Python.Version}", Python)
{
    internal override ProcessStartInfo StartInfo(params IEnumerable<string> role) => StrangerStartInfo(role);
}
