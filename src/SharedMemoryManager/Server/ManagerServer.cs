namespace Multiprocessing;

/// <summary>The server of one manager: serves its owner until the owner's pipe ends, and then leaves nothing behind.</summary>
/// <remarks>
/// <para>Order of the end: turn the clients away, remove the socket, unlink all that has the prefix. The owner's pipe ends when the last
/// thread of the owner is gone, so nobody makes a block after the last look.</para>
/// <para>What its own death leaves: the blocks, the socket and its folder; the owner removes them when it ends.</para>
/// </remarks>
internal sealed class ManagerServer(ServerSettings settings)
{
    private readonly BlockTable _blocks = new(ManagerNames.Prefix(settings.Id));

    /// <summary>Serves, cleans up, and returns the exit code: 0 if nothing is left.</summary>
    internal int Run(Stream input, Stream output)
    {
        using (var listener = new ClientListener(settings, _blocks))
        {
            Serve(listener, input, output);
        }

        IReadOnlyList<string> failures = _blocks.UnlinkAll();
        foreach (string failure in failures)
        {
            Console.Error.WriteLine($"could not unlink {failure}");
        }

        return failures.Count == 0 ? 0 : 1;
    }

    private void Serve(ClientListener listener, Stream input, Stream output)
    {
        try
        {
            using var rpc = new JsonRpc(new HeaderDelimitedMessageHandler(input, output));
            rpc.Notify("ready", new ReadyNotification(TryOpen(listener)), ManagerJson.Default.ReadyNotification);
            rpc.Listen(ManagerServiceMethods.Of(new ManagerService(settings, _blocks, nextClient: null)));
        }
        catch (ConnectionLostException)
        {
            // The owner is gone; that it went in the middle of a sentence makes no difference.
        }
    }

    private static string? TryOpen(ClientListener listener)
    {
        try
        {
            listener.Open();
            return null;
        }
        catch (IOException e)
        {
            // The owner's blocks are guarded all the same, which is the first thing a server is for.
            return e.Message;
        }
    }
}
