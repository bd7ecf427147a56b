namespace Multiprocessing.Tests;

/// <summary>Owners and servers of managers to which stock Pythons are connected die for real, at random moments, with those Pythons or before them.</summary>
public sealed class PythonOwnerDeathTests
{
    // Makes blocks until it is killed, or its manager is gone. CPython tells its tracker of a block once it has made it: who is killed between the two
    // leaves one that nobody knows of, manager or no manager. Here the tracker is told before.
    private const string Churn = StockManager.Connect +
        """
        from multiprocessing import resource_tracker, shared_memory
        make_filename = shared_memory._make_filename
        def tell_first():
            name = make_filename()
            resource_tracker.register(name, 'shared_memory')
            return name
        shared_memory._make_filename = tell_first
        print('connected', flush=True)
        blocks = []
        try:
            while True:
                blocks.append(smm.SharedMemory(64))
        except (OSError, EOFError):
            print('gone', flush=True)
        """;

    private static readonly string[] Versions = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"];

    [Fact]
    public void Whoever_is_killed_and_when_nothing_is_left_that_Python_made() => Watchdog.Run(Deaths.Limit, () => Deaths.Run(
        41_000_000,
        (number, random) =>
        {
            using ChildProcess owner = ChildProcess.Start("python-hold");
            string[] words = owner.ReadLine().Split(' ');
            int server = int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture);
            using ConsoleProcess python = Connect(Versions[number % Versions.Length], words, Churn);
            Assert.Equal("connected", python.ReadLine());
            Thread.Sleep(random.Next(60));
            switch (number % 4)
            {
                case 0:
                    owner.Kill();
                    break;
                case 1:
                    Deaths.KillBoth(owner, server, random);
                    break;
                case 2:
                    python.Kill();
                    Deaths.KillBoth(owner, server, random);
                    return;
                default:
                    // The next server has the same address, but who was in the middle of a call is told that it failed.
                    Signals.Send(server, Signals.Kill);
                    Thread.Sleep(random.Next(300));
                    python.Kill();
                    owner.Kill();
                    return;
            }

            Assert.Equal("gone", python.ReadLine());
            Assert.Equal(0, python.WaitForExit());
        },
        reclaim: true,
        rounds: Deaths.Rounds * 3 / 10));

    [Fact]
    public void What_Python_made_is_reclaimed_with_its_claims_and_the_socket_that_was_given() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string path = Path.Combine(Path.GetTempPath(), $"python-death-{Environment.ProcessId}");
        using (ChildProcess owner = ChildProcess.Start("python-hold", path))
        {
            string[] words = owner.ReadLine().Split(' ');
            Assert.Equal(path, words[1]);
            using ConsoleProcess python = Connect("3.11", words, StockManager.Make);
            string[] names = python.ReadLine().Split(' ');
            KillBoth(owner, words);
            ReclaimedManager reclaimed = Assert.Single(SharedMemoryManager.Reclaim());
            Assert.Empty(reclaimed.NotRemoved);
            Assert.Subset(reclaimed.Removed.ToHashSet(), new HashSet<string>([.. names, path]));
            Assert.All(names, name => Assert.False(SharedMemory.Exists(name)));
            Assert.False(File.Exists(path));
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void A_socket_that_somebody_else_listens_at_by_now_is_not_reclaimed() => Watchdog.Run(() =>
    {
        string path = Path.Combine(Path.GetTempPath(), $"python-other-{Environment.ProcessId}");
        using ChildProcess owner = ChildProcess.Start("python-hold", path);
        string[] words = owner.ReadLine().Split(' ');
        KillBoth(owner, words);

        // Its own server reclaims what it finds: the dead one's blocks, and not the address that is its by then.
        using var next = SharedMemoryManager.Start(new() { PythonEndpoint = new() { Address = path } });
        Assert.Equal(path, next.PythonAddress);
        SharedMemoryManager.Reclaim();
        Assert.Equal("[]", StockManager.Run("3.11", next, StockManager.Connect + "print(call('list_segments'))"));
    });

    private static void KillBoth(ChildProcess owner, string[] words)
    {
        int server = int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture);
        Deaths.KillBoth(owner, server, new Random(1));
        Eventually.True(() => !Processes.Alive(server).Any(), "the server's death");
    }

    private static ConsoleProcess Connect(string version, string[] words, string script) => Python.Get(version).Start(
        start =>
        {
            start.ArgumentList.Insert(0, "-S");
            start.Environment["MULTIPROCESSING_MANAGER_PYTHON"] = words[1];
            start.Environment["MULTIPROCESSING_MANAGER_PYTHON_AUTHKEY"] = words[2];
        },
        script);
}
