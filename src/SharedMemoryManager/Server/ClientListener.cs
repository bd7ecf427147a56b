using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>The server's ear for processes other than its owner: in a folder that only this user can enter.</summary>
/// <remarks>
/// Who has not said hello in time is turned away, however busily he talks or however slowly he reads; and until then no long message is taken from him.
/// After <see cref="PeerListener.Dispose"/> no client believes in this manager: one that makes a block still sees its connection closed before it hands the block out, finds nobody
/// to connect to, and unlinks it itself.
/// </remarks>
internal sealed class ClientListener(ServerSettings settings, BlockTable blocks, ObjectStore objects) : PeerListener("client")
{
    /// <summary>The longest message, in bytes, of one who has not said hello.</summary>
    private const int LongestHello = 64 * 1024;

    private static readonly TimeSpan HelloPatience = TimeSpan.FromSeconds(5);

    /// <summary>What it is part of if the server has no owner.</summary>
    internal StandaloneServer? Standalone { get; init; }

    private protected override string SocketPath => settings.Address.SocketPath;

    private protected override void Listen()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(settings.SocketDirectory);
        }
        else
        {
            Directory.CreateDirectory(settings.SocketDirectory, OwnerOnly);
        }

        // Made apart and moved into its place, over that of a server that was killed: no client must find nothing there, as that is how it
        // knows that the manager has ended.
        string made = $"{SocketPath}.{Environment.ProcessId}";
        ListenAt(made);
        File.Move(made, SocketPath, overwrite: true);
    }

    private protected override void Report(Exception e) => Console.Error.WriteLine($"accept: {e.Message}");

    private protected override void Serve(Socket session)
    {
        bool isClient = false;
        using var stream = new ClientStream(session, HelloPatience);
        var input = new MessageInput(stream) { LongestMessage = LongestHello };
        var service = new ManagerService(settings, blocks, isOwner: false)
        {
            Trusted = () =>
            {
                stream.Trust();
                input.LongestMessage = MessageInput.MostBytes;
                if (!isClient)
                {
                    isClient = true;
                    Standalone?.ClientCame();
                }
            },
        };
        var objectSession = new ObjectSession(objects, isOwner: false, service.ThrowIfNotTrusted);
        try
        {
            using var rpc = new JsonRpc(new EitherMessageHandler(input, stream));
            rpc.Listen(ShutdownMethod.AddTo(objectSession.AddTo(ManagerServiceMethods.Of(service)), Standalone, service.ThrowIfNotTrusted));
        }
        catch (ConnectionLostException)
        {
            // Ended in the middle of a word, or turned away: the same as any other end.
        }
        catch (Exception e)
        {
            // Not foreseen; and whatever it is, it is one client's, and must not be the end of all.
            Console.Error.WriteLine($"client: {e}");
        }

        Release(service);
        End(session);
        if (isClient)
        {
            Standalone?.ClientWent();
        }

        objectSession.Dispose();
    }

    private void Release(ManagerService service)
    {
        try
        {
            if (service.Session is { ReleaseOnEnd: true } client)
            {
                blocks.UnlinkAll(client.Prefix);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Out of descriptors, say. They go at the manager's end.
            Console.Error.WriteLine($"client: {e.Message}");
        }
    }
}
