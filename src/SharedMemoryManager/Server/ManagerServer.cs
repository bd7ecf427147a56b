namespace Multiprocessing;

/// <summary>The server of one manager: serves its owner until the owner's pipe ends, and then leaves nothing behind.</summary>
/// <remarks>
/// <para>Order of the end: <see cref="ServerEnding"/>. The owner's pipe ends when the last thread of the owner is gone, so nobody makes a block after the
/// last look.</para>
/// <para>What its own death leaves: everything as it is, for the server that the owner starts next, which adopts what has the prefix; or, with
/// the owner dead too, for who wins the lease.</para>
/// </remarks>
internal sealed class ManagerServer(ServerSettings settings)
{
    private readonly BlockTable _blocks = new(ManagerNames.Prefix(settings.Id));
    private readonly List<string> _failures = [];
    private int _removed;
    private ManagerTelemetry? _telemetry;

    /// <summary>For tests: leaves all as if this server had been killed before that step of its end.</summary>
    internal ServerEnding? AbandonBefore { get; init; }

    /// <summary>What it is part of if it has no owner.</summary>
    internal StandaloneServer? Standalone { get; init; }

    /// <summary>Called when it listens, or with the reason why it does not.</summary>
    internal Action<string?>? Opened { get; init; }

    /// <summary>What the end removed, after it.</summary>
    internal SharedMemoryShutdownReport Report => new(_removed, _failures);

    /// <summary>Serves, cleans up, and returns the exit code: 0 if nothing is left.</summary>
    internal int Run(Stream input, Stream output)
    {
        using var rpc = new JsonRpc(new HeaderDelimitedMessageHandler(input, output));
        using NameGuard? guard = settings.GuardNames ? new NameGuard(ManagerNames.Prefix(settings.Id), _blocks.Adopted) : null;
        using var objects = new ObjectStore(settings.Id, Standalone is null ? _blocks : null);
        using var listener = new ClientListener(settings, _blocks, objects) { Standalone = Standalone };
        using PythonListener? python = settings.Python is PythonEndpoint endpoint ? new PythonListener(endpoint, _blocks) : null;
        Serve(rpc, listener, python, objects, guard);
        for (ServerEnding step = ServerEnding.HangUp; step <= ServerEnding.Farewell && step != AbandonBefore; step++)
        {
            switch (step)
            {
                case ServerEnding.HangUp:
                    Standalone?.RemoveAddressFile(settings);
                    listener.Dispose();
                    python?.Dispose();
                    _blocks.Adopted.End();
                    objects.Dispose();
                    guard?.Dispose();
                    _telemetry?.End();
                    break;
                case ServerEnding.RemoveSocket:
                    Remains.RemoveSocket(settings.Id, settings.Address.SocketPath, [], _failures);
                    settings.Python?.RemoveGivenSocket([], _failures);
                    break;
                case ServerEnding.Unlink:
                    Unlink();
                    break;
                case ServerEnding.RemoveLease when _failures.Count == 0:
                    File.Delete(Path.Combine(LeaseFile.Directory, ManagerNames.Lease(settings.Id)));
                    break;
                case ServerEnding.Farewell:
                    SayFarewell(rpc);
                    break;
            }
        }

        listener.Close();
        return _failures.Count == 0 ? 0 : 1;
    }

    private void Serve(JsonRpc rpc, ClientListener listener, PythonListener? python, ObjectStore objects, NameGuard? guard)
    {
        try
        {
            objects.Recover();
            if (python is not null)
            {
                _blocks.Adopted.Load();
            }

            string? error = TryOpen(listener.Open);
            string? pythonError = python is null ? null : TryOpen(python.Open);
            rpc.Notify("ready", new ReadyNotification(error, pythonError), ManagerJson.Default.ReadyNotification);
            guard?.Start();
            Opened?.Invoke(error ?? pythonError);
            _telemetry = Standalone is null ? null : new ManagerTelemetry(null, settings.Id, _blocks);

            // What dead managers left is nobody's business but ours, and nobody waits for it. (The thread of a server that is dead in a test would live on.)
            if (AbandonBefore is null)
            {
                new Thread(() => Reclaim(rpc)) { IsBackground = true, Name = "reclaim" }.Start();
            }

            var service = new ManagerService(settings, _blocks, isOwner: true);
            using var session = new ObjectSession(objects, isOwner: true, service.ThrowIfNotTrusted);
            rpc.Listen(session.AddTo(ManagerServiceMethods.Of(service)));
        }
        catch (ConnectionLostException)
        {
            // The owner is gone; that it went in the middle of a sentence makes no difference.
        }
    }

    private void Unlink()
    {
        (IReadOnlyCollection<string> removed, IReadOnlyList<string> notUnlinked) = _blocks.UnlinkAll();
        _removed = removed.Count;
        _telemetry?.Released(_removed);
        _failures.AddRange(notUnlinked);
        foreach (string failure in _failures)
        {
            Console.Error.WriteLine($"could not remove {failure}");
        }

        RemoveLeasesOfTheDead();
    }

    /// <summary>Those of processes that were killed while they used what is gone now. Nobody's answer changes: without a lease they are as dead.</summary>
    private static void RemoveLeasesOfTheDead()
    {
        try
        {
            ProcessLease.RemoveDead();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"could not look for leases of the dead: {e.Message}");
        }
    }

    private void SayFarewell(JsonRpc rpc)
    {
        try
        {
            rpc.Notify("ended", Report, ManagerJson.Default.SharedMemoryShutdownReport);
        }
        catch (ConnectionLostException)
        {
            // The owner is dead, and nobody wants to know.
        }
    }

    private void Reclaim(JsonRpc rpc)
    {
        try
        {
            IReadOnlyList<ReclaimedManager> reclaimed = Reclaimer.Run();
            if (reclaimed.Count > 0)
            {
                Tell(rpc, ReclaimedNotification.Of(reclaimed));
            }

            foreach (ReclaimedManager manager in reclaimed)
            {
                foreach (string failure in manager.NotRemoved)
                {
                    Console.Error.WriteLine($"could not reclaim {failure}");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"could not reclaim: {e.Message}");
        }
    }

    /// <summary>Who has an owner tells him; who has none counts himself.</summary>
    private void Tell(JsonRpc rpc, ReclaimedNotification what)
    {
        try
        {
            _telemetry?.Reclaimed(what);
            rpc.Notify(ReclaimedNotification.Method, what, ManagerJson.Default.ReclaimedNotification);
        }
        catch (ConnectionLostException)
        {
            // The owner is gone, and does not want to know.
        }
    }

    private static string? TryOpen(Action open)
    {
        try
        {
            open();
            return null;
        }
        catch (IOException e)
        {
            // The owner's blocks are guarded all the same, which is the first thing a server is for.
            return e.Message;
        }
    }
}
