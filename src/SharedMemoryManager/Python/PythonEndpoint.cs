using System.Security.Cryptography;

namespace Multiprocessing;

/// <summary>Where a manager's server listens for stock Python, and the key. The server gets it by environment, as it gets its settings.</summary>
/// <param name="Path">The Unix domain socket.</param>
/// <param name="IsGiven">Whether the path was asked for, and is not in the manager's own folder.</param>
/// <param name="Key">The key, in hexadecimal.</param>
internal sealed record PythonEndpoint(string Path, bool IsGiven, string Key)
{
    /// <summary>By which the server knows of it: <c>KEY|given|PATH</c>.</summary>
    internal const string ServerVariable = "MULTIPROCESSING_MANAGER_SERVER_PYTHON";

    /// <summary>By which a child process knows the path.</summary>
    internal const string AddressVariable = "MULTIPROCESSING_MANAGER_PYTHON";

    /// <summary>By which a child process knows the key, in hexadecimal.</summary>
    internal const string KeyVariable = "MULTIPROCESSING_MANAGER_PYTHON_AUTHKEY";

    private const int KeyBytes = 32;

    /// <summary>sun_path of Linux, less the NUL.</summary>
    private const int LongestPath = 107;

    internal byte[] GetKey() => Convert.FromHexString(Key);

    /// <exception cref="ArgumentException">The options ask for what cannot be.</exception>
    /// <exception cref="PlatformNotSupportedException">Blocks have one name here, so that none can be taken over.</exception>
    internal static PythonEndpoint? Of(PythonEndpointOptions? options, string ownFolder)
    {
        if (options is null)
        {
            return null;
        }

        if (!BlockBackend.Current.CanList)
        {
            throw new PlatformNotSupportedException("A manager can take over Python's blocks on Linux alone: elsewhere they have but one name.");
        }

        string path = options.Address is null ? System.IO.Path.Combine(ownFolder, "python") : System.IO.Path.GetFullPath(options.Address);
        if (System.Text.Encoding.UTF8.GetByteCount(path) > LongestPath || path.AsSpan().IndexOfAny('\n', '\0') >= 0)
        {
            throw new ArgumentException($"The path of a socket has at most {LongestPath} bytes, and no line breaks: '{path}'.");
        }

        string key = Convert.ToHexStringLower(options.AuthKey.IsEmpty ? RandomNumberGenerator.GetBytes(KeyBytes) : options.AuthKey.Span);
        return new PythonEndpoint(path, options.Address is not null, key);
    }

    internal static PythonEndpoint? FromEnvironment() =>
        Environment.GetEnvironmentVariable(ServerVariable)?.Split('|', 3) is [string key, string given, string path]
            ? new PythonEndpoint(path, given.Length > 0, key)
            : null;

    /// <summary>Removes the socket, if it does not go with the manager's folder.</summary>
    internal void RemoveGivenSocket(List<string> removed, List<string> failures)
    {
        if (IsGiven)
        {
            RemoveSocket(Path, removed, failures);
        }
    }

    /// <summary>
    /// Removes a socket that nobody listens at any more, and nothing else: a path may have become somebody else's.
    /// </summary>
    internal static void RemoveSocket(string path, List<string> removed, List<string> failures)
    {
        try
        {
            if (FileStatus.TryOfPath(path, followLinks: false, out FileStatus status) && status.IsSocket && status.IsOurs && !UnixPeer.IsListening(path))
            {
                File.Delete(path);
                removed.Add(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failures.Add($"{path}: {e.Message}");
        }
    }

    public override string ToString() => $"{Key}|{(IsGiven ? "given" : "")}|{Path}";
}
