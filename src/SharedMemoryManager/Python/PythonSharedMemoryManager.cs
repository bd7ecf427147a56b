namespace Multiprocessing;

/// <summary>
/// A <c>SharedMemoryManager</c> that a stock Python runs, from <see cref="SharedMemoryManager.ConnectPython"/>: it tracks what is made here, and unlinks it when it
/// is shut down there. Safe for use by several threads.
/// </summary>
/// <remarks>
/// Its promises are CPython's: if that server is killed, nobody unlinks what it tracked, and if this process is killed in the instant between the
/// creation of a block and the word to the server, nobody unlinks that block. A <see cref="SharedMemoryManager"/> of ours has neither gap.
/// </remarks>
public sealed class PythonSharedMemoryManager : SharedMemorySource, IDisposable
{
    private readonly PythonClient _client;
    private bool _disposed;

    internal PythonSharedMemoryManager(PythonClient client)
    {
        _client = client;
        Call("dummy");
    }

    /// <summary>Where it was connected to.</summary>
    public string Address => _client.Address;

    /// <summary>The names that the server tracks, in the order in which it was told. It does not look whether they exist.</summary>
    /// <exception cref="SharedMemoryManagerException">The server is gone, or failed.</exception>
    /// <exception cref="ObjectDisposedException">This has been disposed.</exception>
    public IReadOnlyList<string> ListBlocks() =>
        Call("list_segments") is List<object?> names
            ? [.. names.OfType<string>()]
            : throw Failure("It answered with no list.", null);

    /// <summary>Has the server unlink one block early. Who has it mapped keeps it.</summary>
    /// <exception cref="ArgumentException">The server does not track a block of that name.</exception>
    /// <exception cref="FileNotFoundException">It did, but somebody else has unlinked it.</exception>
    /// <inheritdoc cref="ListBlocks" path="/exception"/>
    public void Release(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Call("release_segment", name);
    }

    /// <summary>
    /// Ends the server, for everybody: it unlinks what it tracks and ends. CPython's gives up at each block that is missing; this asks again until it is done.
    /// </summary>
    /// <inheritdoc cref="ListBlocks" path="/exception"/>
    public void ShutdownServer()
    {
        // At each missing block it forgets that one before it fails.
        for (int left = ListBlocks().Count; ; left--)
        {
            try
            {
                Call("shutdown");
                return;
            }
            catch (FileNotFoundException) when (left > 0)
            {
            }
        }
    }

    /// <summary>Leaves the manager. What was made through it stays, until the manager ends.</summary>
    public void Dispose() => _disposed = true;

    /// <inheritdoc/>
    public override string ToString() => $"PythonSharedMemoryManager('{Address}')";

    private protected override T Make<T>(Func<string, SharedMemoryOptions, T> create)
    {
        // Connected first: without a server there is no block.
        using PythonClient.Connection connection = Connect();
        while (true)
        {
            string name = BlockName.Automatic().Text;
            try
            {
                return Track(connection, create(name, SharedMemoryOptions.Default), name);
            }
            catch (SharedMemoryExistsException e) when (e.Name == name)
            {
                // Another's, by chance.
            }
        }
    }

    private protected override T MakeObject<T>(string kind, string? name, bool keep, Func<ObjectCalls, string, T> proxy) =>
        throw new NotSupportedException($"The server of a stock Python's SharedMemoryManager holds no objects: a {kind} is to be had from a manager of this library.");

    private T Track<T>(PythonClient.Connection connection, T made, string name)
        where T : ISharedStructure
    {
        ThrowUnlessNamed(made, name);
        try
        {
            Call(connection, "track_segment", name);
            return made;
        }
        catch
        {
            made.Dispose();
            SharedMemory.TryUnlink(name);
            throw;
        }
    }

    private PythonClient.Connection Connect()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _client.Connect();
    }

    private object? Call(string method, params object?[] arguments)
    {
        using PythonClient.Connection connection = Connect();
        return Call(connection, method, arguments);
    }

    private object? Call(PythonClient.Connection connection, string method, params object?[] arguments)
    {
        try
        {
            return connection.Call(method, arguments);
        }
        catch (PythonException e)
        {
            throw e.Type switch
            {
                "FileNotFoundError" => new FileNotFoundException($"{e.Message} (in the Python manager at {Address})", arguments.FirstOrDefault() as string, e),
                "ValueError" when arguments is [string name] => new ArgumentException($"The Python manager at {Address} tracks no block '{name}'.", e),
                "PermissionError" => new UnauthorizedAccessException($"{e.Message} (in the Python manager at {Address})", e),
                _ => Failure(e.Message, e),
            };
        }
    }

    private SharedMemoryManagerException Failure(string message, Exception? inner) =>
        new(SharedMemoryManagerError.Failed, $"A call of the Python manager at {Address} failed there. {message}", "", inner);
}
