using System.CommandLine;
using System.Security.Cryptography;

namespace Multiprocessing.Shm;

/// <summary><c>shm serve</c>: a manager for processes that have no owner in common.</summary>
internal static class ServeCommand
{
    private const string UntilStopped = "until-stopped";
    private const string LastClient = "last-client";
    private const int KeyBytes = 32;

    private const string Details = """
        It says when clients can connect, and by what: SharedMemoryManager.Connect(address), and in Python, with --python,
        SharedMemoryManager(address, authkey).connect(). SIGINT, SIGTERM and SIGHUP stop it. With --format json it writes a JSON document a line: one when it is ready, one at its end.
        Whoever has the address may join: --address-file writes it to a file that only this user can read.

        Examples:
          shm serve --address-file "$XDG_RUNTIME_DIR/manager.address"
          shm serve --address 'unix:/run/user/1000/manager.sock?token=sesame' --lifetime last-client
          shm serve --python --format json
        """;

    internal static Command Create()
    {
        var address = new Option<string?>("--address") { Description = "Where to listen, and the token to ask for. Default: new ones.", HelpName = "unix:PATH?token=TEXT" };
        var addressFile = new Option<string?>("--address-file") { Description = "A file to write the address to when it is ready, for this user alone; it goes at the end.", HelpName = "FILE" };
        var lifetime = new Option<string>("--lifetime")
        {
            Description = "When it ends by itself.",
            DefaultValueFactory = static _ => UntilStopped,
        };
        lifetime.AcceptOnlyFromAmong(UntilStopped, LastClient);
        var allowShutdown = new Option<bool>("--allow-shutdown") { Description = "A client may end it: SharedMemoryManager.ShutdownServer()." };
        var noGuard = new Option<bool>("--no-guard") { Description = "Do not put back the names that somebody else unlinks." };
        var python = new Option<string?>("--python")
        {
            Description = "Stock Python may connect, too. Default: a new socket.",
            HelpName = "PATH",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var keyFile = new Option<string?>("--python-authkey-file")
        {
            Description = "The key for Python: the bytes of a file, without a line break at their end. Default: a new one.",
            HelpName = "FILE",
        };
        var temporary = new Option<string?>("--temporary-directory") { Description = "Where new sockets are made.", HelpName = "FOLDER" };

        var serve = new Command("serve", "Serves a manager that any process of this user may join, until it is stopped; then removes all that was made in it.")
        {
            address, addressFile, lifetime, allowShutdown, noGuard, python, keyFile, temporary,
        };
        serve.SetDetails(Details);
        serve.SetGuardedAction(result =>
        {
            PythonEndpointOptions? endpoint = result.GetResult(python) is null ? null : Endpoint(result.GetValue(python), result.GetValue(keyFile), result.GetValue(temporary));
            var output = new ServeOutput(result.GetValue(CommonOptions.Format), endpoint);
            SharedMemoryShutdownReport end = SharedMemoryManager.Serve(new()
            {
                Address = result.GetValue(address),
                AddressFile = result.GetValue(addressFile),
                Lifetime = result.GetValue(lifetime) == LastClient ? SharedMemoryServeLifetime.UntilLastClientHasGone : SharedMemoryServeLifetime.RemainUntilShutdown,
                AllowShutdown = result.GetValue(allowShutdown),
                GuardNames = !result.GetValue(noGuard),
                PythonEndpoint = endpoint,
                TemporaryDirectory = result.GetValue(temporary),
                Ready = output.Ready,
            });
            output.Ended(end);
            return end.NotRemoved.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return serve;
    }

    private static PythonEndpointOptions Endpoint(string? path, string? keyFile, string? folder) => new()
    {
        Address = path ?? Path.Combine(folder ?? Path.GetTempPath(), $"{BlockName.Prefix}python_{BlockName.RandomHex(6)}"),
        AuthKey = keyFile is null ? RandomNumberGenerator.GetBytes(KeyBytes) : WithoutLineBreak(File.ReadAllBytes(keyFile)),
    };

    private static ReadOnlyMemory<byte> WithoutLineBreak(byte[] key) => key.AsMemory().TrimEnd("\r\n"u8);
}
