namespace Multiprocessing;

/// <summary>Removes what a manager has in the system: its blocks, and its socket with the folder. The same at its end and after its death.</summary>
internal static class Remains
{
    /// <summary>Removes all of it and does not stop at a failure; returns what is gone and what is not, with the reason.</summary>
    internal static (IReadOnlyList<string> Removed, IReadOnlyList<string> Failures) Remove(string id, string socketPath, string? pythonSocketPath = null)
    {
        (IReadOnlyCollection<string> blocks, IReadOnlyList<string> failures) = new BlockTable(ManagerNames.Prefix(id)).UnlinkAll();
        List<string> removed = [.. blocks];
        List<string> notRemoved = [.. failures];
        RemoveSocket(id, socketPath, removed, notRemoved);
        if (pythonSocketPath is not null)
        {
            PythonEndpoint.RemoveSocket(pythonSocketPath, removed, notRemoved);
        }

        return (removed, notRemoved);
    }

    /// <summary>Removes the socket, with its folder if that is the manager's own.</summary>
    internal static void RemoveSocket(string id, string socketPath, List<string> removed, List<string> failures)
    {
        string folder = Path.GetDirectoryName(socketPath)!;
        try
        {
            if (socketPath != ManagerNames.SocketPath(Path.GetDirectoryName(folder) ?? "", id))
            {
                File.Delete(socketPath);
            }
            else if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
                removed.Add(folder);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody was quicker.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failures.Add($"{folder}: {e.Message}");
        }
    }
}
