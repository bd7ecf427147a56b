using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Multiprocessing.Bench;

/// <summary>A program that measures what it is told to, when it is told to: a line "what seconds" in, a line of JSON out.</summary>
internal abstract class PeerProcess : Peer
{
    /// <summary>Longer than any measurement takes, also on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _prefix;

    /// <param name="start">The program.</param>
    /// <param name="prefix">How an answer begins; other lines are for nobody.</param>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    private protected PeerProcess(ProcessStartInfo start, string prefix = "")
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _prefix = prefix;
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }

    internal override Func<double> Measuring(string what) => () => Measure(what);

    public override void Dispose()
    {
        // At the end of its input it removes what it made; killed it would leave that to others, or to nobody.
        _process.StandardInput.Close();
        if (!_process.WaitForExit(Patience))
        {
            _process.Kill(entireProcessTree: true);
        }

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
        try
        {
            _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {Contest.Loop.TotalSeconds}"));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended, which its answer says.
        }

        string? line;
        do
        {
            Task<string?> answer = _process.StandardOutput.ReadLineAsync();
            if (!answer.Wait(Patience))
            {
                _process.Kill(entireProcessTree: true);
                throw new InvalidOperationException($"{Name} has not measured {what} within {Patience.TotalSeconds:0} s.");
            }

            line = answer.Result;
        }
        while (line?.StartsWith(_prefix, StringComparison.Ordinal) == false);
        return Nanoseconds(what, line?[_prefix.Length..]);
    }
}
