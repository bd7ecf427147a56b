namespace Multiprocessing;

/// <summary>
/// What stock Python may ask of a manager's server: the methods of CPython's <c>SharedMemoryServer</c> (managers.py) by their own names, with
/// their results and, for what goes wrong, their exceptions.
/// </summary>
/// <remarks>
/// Not <c>shutdown</c>: the manager ends with its owner. And no objects: a <c>SharedMemoryManager</c> has none registered in CPython either, so
/// <c>create</c> and the other methods for proxies fail here as they do there.
/// </remarks>
internal sealed class PythonService(BlockTable blocks, int processId)
{
    /// <summary>Answers a request, <c>(ident, method, args, kwds)</c>, with <c>(kind, value)</c>.</summary>
    internal object?[] Answer(object? request)
    {
        try
        {
            return request is object?[] { Length: 4 } parts && parts[1] is string method && parts[2] is object?[] args
                && parts[3] is Dictionary<string, object?> kwds
                ? ["#RETURN", Call(method, args, kwds)]
                : throw new PythonException("ValueError", "not a request: (ident, method, args, kwds)");
        }
        catch (PythonException e)
        {
            return ["#TRACEBACK", e.Traceback];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ["#TRACEBACK", new PythonException("OSError", e.Message).Traceback];
        }
    }

    private object? Call(string method, object?[] args, Dictionary<string, object?> kwds)
    {
        switch (method)
        {
            case "dummy":
                return ThrowIfAny<object?>(null);
            case "debug_info":
                return ThrowIfAny("");
            case "number_of_objects":
                return ThrowIfAny(0);
            case "list_segments":
                return ThrowIfAny(blocks.List().Select(block => block.Name).ToArray().AsReadOnly());
            case "track_segment":
                Track(SegmentName());
                return null;
            case "release_segment":
                Release(SegmentName());
                return null;
            case "create" or "get_methods" or "incref" or "decref" or "accept_connection":
                throw new PythonException("KeyError", $"'{method}: this server keeps shared memory, and no objects'");
            case "shutdown":
                throw new PythonException("PermissionError", "the manager ends with the process that owns it");
            default:
                throw new PythonException("AssertionError", $"'{method}' unrecognized");
        }

        T ThrowIfAny<T>(T result) => args.Length + kwds.Count == 0
            ? result
            : throw new PythonException("TypeError", $"{method}() takes no arguments");

        string SegmentName() => (args, kwds.Count) switch
        {
            ([string name], 0) => name,
            ([], 1) when kwds.TryGetValue("segment_name", out object? value) && value is string name => name,
            _ => throw new PythonException("TypeError", $"{method}() takes one argument: segment_name, a str"),
        };
    }

    private void Track(string name)
    {
        if (!blocks.IsOurs(name))
        {
            blocks.Adopted.Adopt(name, processId);
        }
        else if (!SharedMemory.Exists(name))
        {
            throw PythonException.FileNotFound(name);
        }
    }

    private void Release(string name)
    {
        if (blocks.IsOurs(name))
        {
            if (!blocks.Release(name))
            {
                throw PythonException.FileNotFound(name);
            }
        }
        else if (!blocks.Adopted.TryRelease(name))
        {
            throw new PythonException("ValueError", "list.remove(x): x not in list");
        }
    }
}
