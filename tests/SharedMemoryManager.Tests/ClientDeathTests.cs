using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>Processes that joined a manager die for real, at random moments.</summary>
public sealed class ClientDeathTests
{
    [Fact]
    public void Clients_killed_at_random_moments_leave_what_they_made_or_take_it_along_if_they_asked_for_that() =>
        Watchdog.Run(Deaths.Limit, () => Deaths.RunLots(
            21_000_000,
            static () => SharedMemoryManager.Start(),
            (manager, number, random) =>
            {
                bool releases = number % 2 == 0;
                using ChildProcess client = ChildProcess.Start(start => start.UseManager(manager), "client-make", releases ? "release" : "keep");
                if (number % 5 == 0)
                {
                    // From before its first instruction on: nobody knows then how its names begin.
                    Thread.Sleep(random.Next(400));
                    client.Kill();
                    return;
                }

                string prefix = client.ReadLine()[..^1];
                Thread.Sleep(random.Next(40));
                client.Kill();
                if (releases)
                {
                    Eventually.True(() => !NamesOf(manager, prefix).Any(), "the release");
                    return;
                }

                // It numbers what it makes and released none of it, so none is missing.
                int[] numbers = [.. NamesOf(manager, prefix).Select(name => int.Parse(name[prefix.Length..], NumberStyles.HexNumber, null)).Order()];
                Assert.NotEmpty(numbers);
                Assert.Equal(Enumerable.Range(1, numbers.Length), numbers);
            },
            static manager => manager.Dispose()));

    [Fact]
    public void Clients_killed_in_the_middle_of_a_blocks_creation_leave_nothing_beyond_the_manager() => Watchdog.Run(Deaths.Limit, () =>
    {
        int halfMade = 0;
        Deaths.RunLots(
            22_000_000,
            static () => SharedMemoryManager.Start(),
            static (manager, _, random) =>
            {
                using ChildProcess client = ChildProcess.Start(start => start.UseManager(manager), "client-create");
                client.ReadLine();
                Thread.Sleep(random.Next(60));
                client.Kill();
            },
            manager =>
            {
                // The size comes last.
                halfMade += manager.ListBlocks().Count(block => block.Size == 0);
                using SharedMemory block = manager.CreateBlock(8);
                Assert.Contains(manager.ListBlocks(), b => b.Name == block.Name);
                manager.Dispose();
            });
        Assert.NotEqual(0, halfMade);
    });

    [Fact]
    public void A_client_that_makes_blocks_until_the_owner_is_killed_leaves_nothing() =>
        Watchdog.Run(Deaths.Limit, () => Deaths.Run(23_000_000, (_, random) =>
        {
            using ChildProcess owner = ChildProcess.Start("manager-hold");
            string address = owner.ReadLine().Split(' ')[1];
            using ChildProcess client = ChildProcess.Start(start => start.Environment["MULTIPROCESSING_MANAGER"] = address, "client-churn");
            Assert.Equal("connected", client.ReadLine());
            Thread.Sleep(random.Next(30));
            owner.Kill();
            Assert.Equal("ServerLost", client.ReadLine());
            Assert.Equal(0, client.WaitForExit());
        }));

    private static IEnumerable<string> NamesOf(SharedMemoryManager manager, string prefix) =>
        manager.ListBlocks().Select(block => block.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal));
}
