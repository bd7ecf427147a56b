namespace Multiprocessing;

/// <summary>
/// What the owner tells its server at its start: one environment variable, which unlike a command line only the same user can read,
/// and which is there from the first instruction on.
/// </summary>
internal sealed record ServerSettings(string Id, bool GuardNames, ManagerAddress Address)
{
    /// <summary>The variable; its presence makes a program a server.</summary>
    internal const string EnvironmentVariable = "MULTIPROCESSING_MANAGER_SERVER";

    private const char Separator = '|';
    private const string Guards = "guard";
    private const int TokenBytes = 16;

    /// <summary>Where stock Python connects; null if it is not to.</summary>
    internal PythonEndpoint? Python { get; init; }

    /// <summary>The folder of the socket: the server makes it, for its user alone, and takes it away.</summary>
    internal string SocketDirectory => Path.GetDirectoryName(Address.SocketPath)!;

    internal static ServerSettings New(string temporaryDirectory, bool guardNames, PythonEndpointOptions? python = null)
    {
        string id = ManagerNames.NewId();
        var address = new ManagerAddress(ManagerNames.SocketPath(temporaryDirectory, id), BlockName.RandomHex(TokenBytes));
        var settings = new ServerSettings(id, guardNames, address);
        return settings with { Python = PythonEndpoint.Of(python, settings.SocketDirectory) };
    }

    /// <summary>Null when this process was not started as a server.</summary>
    internal static ServerSettings? FromEnvironment()
    {
        string? text = Environment.GetEnvironmentVariable(EnvironmentVariable);
        return text?.Split(Separator, 3) is [string id, string guard, string address]
            ? new ServerSettings(id, guard == Guards, ManagerAddress.Parse(address)) { Python = PythonEndpoint.FromEnvironment() }
            : null;
    }

    public override string ToString() => $"{Id}{Separator}{(GuardNames ? Guards : "")}{Separator}{Address}";
}
