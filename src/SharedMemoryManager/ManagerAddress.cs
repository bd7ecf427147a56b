namespace Multiprocessing;

/// <summary>
/// Where a manager's server listens and the token that it wants to hear, as one text: <c>unix:PATH?token=HEX</c>.
/// Whoever has the text may connect, so it travels in the environment, which only the same user can read, and never on a command line.
/// </summary>
internal sealed record ManagerAddress(string SocketPath, string Token)
{
    /// <summary>Where a child process finds the address of the manager that it belongs to.</summary>
    internal const string EnvironmentVariable = "MULTIPROCESSING_MANAGER";

    private const string Scheme = "unix:";
    private const string TokenMark = "?token=";

    internal static ManagerAddress Parse(string text)
    {
        int mark = text.LastIndexOf(TokenMark, StringComparison.Ordinal);
        if (!text.StartsWith(Scheme, StringComparison.Ordinal) || mark <= Scheme.Length || mark + TokenMark.Length == text.Length)
        {
            throw new ArgumentException(
                $"The address of a manager has the form {Scheme}PATH{TokenMark}HEX; this one has not.", nameof(text));
        }

        return new ManagerAddress(text[Scheme.Length..mark], text[(mark + TokenMark.Length)..]);
    }

    public override string ToString() => Scheme + SocketPath + TokenMark + Token;
}
