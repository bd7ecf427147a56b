using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What stock Pythons have said to each other, with the key <c>secret</c>: see golden/capture.py.</summary>
/// <param name="Method">The call.</param>
/// <param name="Frames">Each message with who spoke: C or S.</param>
internal sealed record Golden(string Method, IReadOnlyList<(char Who, byte[] Message)> Frames)
{
    internal static readonly byte[] Key = "secret"u8.ToArray();

    /// <summary>The calls of one version, in their order.</summary>
    internal static IReadOnlyList<Golden> Of(string version)
    {
        var calls = new List<(string, List<(char, byte[])>)>();
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "golden", $"{version}.txt")))
        {
            if (line.Split(' ') is [string who, string frame])
            {
                Assert.Equal((frame.Length / 2) - 4, int.Parse(frame.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                calls[^1].Item2.Add((who[0], Convert.FromHexString(frame[8..])));
            }
            else
            {
                calls.Add((line, []));
            }
        }

        return [.. calls.Select(call => new Golden(call.Item1, call.Item2))];
    }

    /// <summary>The pickle of the request, after the six messages of the handshake.</summary>
    internal byte[] Request => Frames[6].Message;

    internal byte[] Answer => Frames[7].Message;
}
