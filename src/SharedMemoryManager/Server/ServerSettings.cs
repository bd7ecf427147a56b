namespace Multiprocessing;

/// <summary>
/// What the owner tells its server at its start: one environment variable, which unlike a command line only the same user can read,
/// and which is there from the first instruction on.
/// </summary>
internal sealed record ServerSettings(string Id, ManagerAddress Address)
{
    /// <summary>The variable; its presence makes a program a server.</summary>
    internal const string EnvironmentVariable = "MULTIPROCESSING_MANAGER_SERVER";

    private const char Separator = '|';
    private const int TokenBytes = 16;

    /// <summary>The folder of the socket: the server makes it, for its user alone, and takes it away.</summary>
    internal string SocketDirectory => Path.GetDirectoryName(Address.SocketPath)!;

    internal static ServerSettings New(string temporaryDirectory)
    {
        string id = ManagerNames.NewId();
        string path = Path.Combine(temporaryDirectory, BlockName.Prefix + id, "socket");
        return new ServerSettings(id, new ManagerAddress(path, BlockName.RandomHex(TokenBytes)));
    }

    /// <summary>Null when this process was not started as a server.</summary>
    internal static ServerSettings? FromEnvironment()
    {
        string? text = Environment.GetEnvironmentVariable(EnvironmentVariable);
        return text?.Split(Separator, 2) is [string id, string address]
            ? new ServerSettings(id, ManagerAddress.Parse(address))
            : null;
    }

    public override string ToString() => $"{Id}{Separator}{Address}";
}
