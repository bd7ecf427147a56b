using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Multiprocessing.Bench;

/// <summary>An interpreter that runs peer.py, or another script like it, and measures what it is told to, when it is told to.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process _process;

    internal PythonPeer(Python python, string script = "peer.py")
    {
        Python = python;
        ProcessStartInfo start = python.StartInfo(Script(script));
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
    }

    internal Python Python { get; }

    internal static string Script(string name) => Path.Combine(AppContext.BaseDirectory, name);

    /// <summary>A contestant of this name in peer.py.</summary>
    internal Func<double> Measuring(string what) => () => Measure(what);

    /// <summary>The same, measured by an interpreter that was started for it.</summary>
    internal Func<double> MeasuringAfresh(string what) => () => Nanoseconds(what, Programs.Output(Python.StartInfo(Script("peer.py"), "once", what)));

    public void Dispose()
    {
        // At the end of its input it removes what it made; killed it would leave that to its resource tracker.
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private double Measure(string what)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {Contest.Loop.TotalSeconds}"));
        _process.StandardInput.Flush();
        return Nanoseconds(what, _process.StandardOutput.ReadLine());
    }

    private static double Nanoseconds(string what, string? answer)
    {
        if (answer is null)
        {
            throw new InvalidOperationException($"Python ended before it had measured {what}.");
        }

        using JsonDocument json = JsonDocument.Parse(answer);
        return json.RootElement.TryGetProperty("ns", out JsonElement nanoseconds)
            ? nanoseconds.GetDouble()
            : throw new InvalidOperationException($"Python could not measure {what}: {json.RootElement.GetProperty("error").GetString()}");
    }
}
