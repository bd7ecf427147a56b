using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Multiprocessing.Bench;

/// <summary>A program that measures what it is told to, when it is told to: a line "what seconds" in, a line of JSON out.</summary>
internal abstract class PeerProcess : IDisposable
{
    private readonly Process _process;

    private protected PeerProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
    }

    /// <summary>What it is called in the table.</summary>
    internal abstract string Name { get; }

    /// <summary>A contestant of this name in that program.</summary>
    internal Func<double> Measuring(string what) => () => Measure(what);

    public virtual void Dispose()
    {
        // At the end of its input it removes what it made; killed it would leave that to others, or to nobody.
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private protected double Nanoseconds(string what, string? answer)
    {
        if (answer is null)
        {
            throw new InvalidOperationException($"{Name} ended before it had measured {what}.");
        }

        using JsonDocument json = JsonDocument.Parse(answer);
        return json.RootElement.TryGetProperty("ns", out JsonElement nanoseconds)
            ? nanoseconds.GetDouble()
            : throw new InvalidOperationException($"{Name} could not measure {what}: {json.RootElement.GetProperty("error").GetString()}");
    }

    private double Measure(string what)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {Contest.Loop.TotalSeconds}"));
        _process.StandardInput.Flush();
        return Nanoseconds(what, _process.StandardOutput.ReadLine());
    }
}
