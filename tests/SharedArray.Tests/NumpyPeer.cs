using System.Text.Json.Nodes;

namespace Multiprocessing.Tests;

/// <summary>A stock Python with numpy that runs numpy_peer.py, which answers one line of JSON for each line it is asked.</summary>
public sealed class NumpyPeer : IDisposable
{
    private readonly ConsoleProcess _process =
        Python.WithNumpy.Start(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "numpy_peer.py")));

    internal JsonNode? Ask(string operation, params JsonNode?[] arguments)
    {
        Tell(operation, arguments);
        return Answer();
    }

    internal void Tell(string operation, params JsonNode?[] arguments) =>
        _process.WriteLine(new JsonArray([operation, .. arguments]).ToJsonString());

    internal JsonNode? Answer() => JsonNode.Parse(_process.ReadLine()) is JsonArray answer
        ? answer[0]
        : throw new InvalidOperationException("Python raised an exception. " + _process.StandardError);

    internal static JsonArray Shape(ReadOnlySpan<nint> shape)
    {
        var sizes = new JsonArray();
        foreach (nint size in shape)
        {
            sizes.Add((long)size);
        }

        return sizes;
    }

    public void Dispose() => _process.Dispose();
}
