namespace Multiprocessing;

/// <summary>An exception of Python's, as it travels: the text of a traceback, whose last line says the type and the message.</summary>
internal sealed class PythonException(string type, string message) : Exception($"{type}: {message}")
{
    private const string First = "Traceback (most recent call last):";

    /// <summary>The type, without the module: <c>FileNotFoundError</c>.</summary>
    internal string Type { get; } = type;

    /// <summary>errno 2, as Python words it.</summary>
    internal static PythonException FileNotFound(string name) =>
        new("FileNotFoundError", $"[Errno 2] No such file or directory: '/{name}'");

    /// <summary>Takes the last line of a traceback apart; a text that has no type there is one of no known type.</summary>
    internal static PythonException Parse(string traceback)
    {
        string last = traceback.TrimEnd().Split('\n')[^1].Trim();
        int colon = last.IndexOf(": ", StringComparison.Ordinal);
        string type = colon < 0 ? last : last[..colon];
        return type.Length > 0 && type.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_')
            ? new PythonException(type[(type.LastIndexOf('.') + 1)..], colon < 0 ? "" : last[(colon + 2)..])
            : new PythonException("RemoteError", last);
    }

    /// <summary>The text of the traceback, without the lines of a stack that nobody there could do anything with.</summary>
    internal string Traceback => $"{First}\n{Message}\n";
}
