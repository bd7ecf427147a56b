namespace Multiprocessing;

/// <summary>
/// How a host comes by its manager: in code, or bound to a section of its configuration. All of it is checked when the host starts, and an unknown key in the section is an error.
/// </summary>
/// <remarks>The logger and the meter come from the host: the log's category is <c>Multiprocessing.SharedMemoryManager</c>.</remarks>
public sealed class SharedMemoryManagerHostingOptions
{
    /// <summary>Whether the host starts a manager, which is the default, or connects to one.</summary>
    public SharedMemoryManagerRole Role { get; set; }

    /// <summary>A client's: the <see cref="SharedMemoryManager.Address"/> to connect to. Null, the default, for the one in the environment that <c>UseManager</c> sets.</summary>
    public string? Address { get; set; }

    /// <summary>A client's: whether what it makes goes with its connection (<see cref="SharedMemoryConnectOptions.ReleaseOnDeath"/>).</summary>
    public bool ReleaseOnDeath { get; set; }

    /// <summary>How long the start of the host waits for the server to answer, or infinitely. Default: 30 seconds.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the end of the host waits for the server to unlink (<see cref="SharedMemoryManagerOptions.ShutdownTimeout"/>). Default: 5 seconds.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = SharedMemoryManagerOptions.Default.ShutdownTimeout;

    /// <summary>The mode of blocks (<see cref="SharedMemoryOptions.Mode"/>). In a configuration the bits by name: <c>UserRead, UserWrite, GroupRead</c>.</summary>
    public UnixFileMode BlockMode { get; set; } = SharedMemoryOptions.Default.Mode;

    /// <summary>Whether the pages of blocks are reserved (<see cref="SharedMemoryOptions.Reserve"/>). Default: they are.</summary>
    public bool ReserveBlocks { get; set; } = true;

    /// <inheritdoc cref="SharedMemoryManagerOptions.GuardNames"/>
    public bool GuardNames { get; set; } = true;

    /// <inheritdoc cref="SharedMemoryManagerOptions.ServerHostPath"/>
    public string? ServerHostPath { get; set; }

    /// <inheritdoc cref="SharedMemoryManagerOptions.TemporaryDirectory"/>
    public string? TemporaryDirectory { get; set; }

    /// <summary>Whether stock Python may connect too (<see cref="SharedMemoryManagerOptions.PythonEndpoint"/>). Default: no.</summary>
    public bool PythonEndpoint { get; set; }

    /// <inheritdoc cref="PythonEndpointOptions.Address"/>
    public string? PythonAddress { get; set; }

    /// <summary>Python's key (<see cref="PythonEndpointOptions.AuthKey"/>), in hexadecimal. Null, the default, for a random one.</summary>
    public string? PythonAuthKey { get; set; }

    /// <summary>The address of a client's manager, if it has one.</summary>
    internal string? AddressToUse => Address ?? Environment.GetEnvironmentVariable(ManagerAddress.EnvironmentVariable);

    /// <summary>Whether it connects.</summary>
    internal bool Connects => Role == SharedMemoryManagerRole.Client || (Role == SharedMemoryManagerRole.ClientOrOwner && AddressToUse is not null);

    /// <summary>Those of a manager of one's own, without logger and meter.</summary>
    internal SharedMemoryManagerOptions ToManagerOptions() => new()
    {
        Blocks = new SharedMemoryOptions { Mode = BlockMode, Reserve = ReserveBlocks },
        ShutdownTimeout = ShutdownTimeout,
        GuardNames = GuardNames,
        ServerHostPath = ServerHostPath,
        TemporaryDirectory = TemporaryDirectory,
        PythonEndpoint = PythonEndpoint
            ? new PythonEndpointOptions { Address = PythonAddress, AuthKey = PythonAuthKey is null ? default : Convert.FromHexString(PythonAuthKey) }
            : null,
    };
}
