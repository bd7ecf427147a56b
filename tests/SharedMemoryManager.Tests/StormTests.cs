using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>Many managers, clients and deaths at once, and many blocks.</summary>
public sealed class StormTests
{
    private const int Managers = 10;
    private const int ClientsEach = 4;

    /// <summary>How long the storm blows; other lengths by environment.</summary>
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("STORM_SECONDS"), CultureInfo.InvariantCulture, out int seconds) ? seconds : 20);

    [Fact]
    public void Ten_managers_and_forty_clients_with_random_kills_leak_nothing_and_lose_nothing() => Watchdog.Run(TimeSpan.FromMinutes(15), () =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        var random = new Random(20261123);
        House[] houses = [.. Enumerable.Range(0, Managers).Select(_ => new House(random))];
        Array.ForEach(houses, house => house.Open(random));
        Array.ForEach(houses, house => house.Go());

        long end = Environment.TickCount64 + (long)Length.TotalMilliseconds;
        int kills = 0;
        while (Environment.TickCount64 < end)
        {
            Thread.Sleep(random.Next(400));
            int which = random.Next(Managers);
            switch (random.Next(4))
            {
                case 0:
                    houses[which].End();
                    houses[which] = new House(random);
                    houses[which].Open(random);
                    houses[which].Go();
                    break;
                case 1:
                    houses[which].KillServer();
                    break;
                default:
                    houses[which].ReplaceClient(random);
                    break;
            }

            kills++;
        }

        Array.ForEach(houses, house => house.End());
        Assert.NotEqual(0, kills);
        Deaths.AssertNothingLeft(before);
    });

    [Fact]
    public void A_hundred_thousand_blocks_are_made_listed_and_gone() => Watchdog.Run(TimeSpan.FromMinutes(5), () =>
    {
        const int count = 100_000;
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start(new() { ShutdownTimeout = TimeSpan.FromMinutes(2) }))
        {
            for (int i = 0; i < count; i++)
            {
                manager.CreateBlock(1).Dispose();
            }

            Assert.Equal(count, manager.ListBlocks().Count);
            Assert.Equal(count, manager.Shutdown().Removed);
        }

        before.AssertUnchanged();
    });

    /// <summary>An owner and its clients, each a process.</summary>
    private sealed class House
    {
        private readonly ChildProcess _owner;
        private string _address = "";
        private int _server;
        private ChildProcess[] _clients = [];

        /// <summary>Starts the owner, and waits for nothing: many start sooner together than one after the other.</summary>
        internal House(Random random) => _owner = ChildProcess.Start("storm-owner", Seed(random));

        /// <summary>Starts the clients.</summary>
        internal void Open(Random random)
        {
            string[] words = _owner.ReadLine().Split(' ');
            _server = int.Parse(words[0], CultureInfo.InvariantCulture);
            _address = words[1];
            _clients = [.. Enumerable.Range(0, ClientsEach).Select(_ => StartClient(random))];
        }

        /// <summary>Lets them all storm: those that do take their time from those that still start.</summary>
        internal void Go()
        {
            Array.ForEach(_clients, Go);
            _owner.WriteLine("go");
        }

        internal void ReplaceClient(Random random)
        {
            int which = random.Next(ClientsEach);
            AssertNoWrongUnlink(_clients[which]);
            _clients[which].Kill();
            _clients[which].Dispose();
            _clients[which] = StartClient(random);
            Go(_clients[which]);
        }

        /// <summary>The first one, once: a later one's process id is the owner's secret.</summary>
        internal void KillServer()
        {
            if (_server != 0)
            {
                Signals.Send(_server, Signals.Kill);
                _server = 0;
            }
        }

        internal void End()
        {
            Array.ForEach(_clients, AssertNoWrongUnlink);
            AssertNoWrongUnlink(_owner);
            _owner.Kill();
            foreach (ChildProcess client in _clients)
            {
                Assert.True(client.WaitForExit() == 0, client.StandardError);
                client.Dispose();
            }

            _owner.Dispose();
        }

        private static string Seed(Random random) => random.Next().ToString(CultureInfo.InvariantCulture);

        private static void AssertNoWrongUnlink(ChildProcess process) =>
            Assert.False(process.HasExited, $"it ended by itself: {process.StandardError}");

        private ChildProcess StartClient(Random random) => ChildProcess.Start(
            start => start.Environment["MULTIPROCESSING_MANAGER"] = _address, "storm-client", Seed(random));

        private static void Go(ChildProcess client)
        {
            Assert.Equal("connected", client.ReadLine());
            client.WriteLine("go");
        }
    }
}
