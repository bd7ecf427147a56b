using static Multiprocessing.Tests.RingProtocolModel;

namespace Multiprocessing.Tests;

/// <summary>All interleavings of the protocol, with deaths at every step: see <see cref="RingProtocolModel"/>.</summary>
public sealed class RingProtocolTests
{
    /// <summary>Producers' messages each, consumers, repairers, and how many are killed.</summary>
    [Theory]
    [InlineData(new[] { 3 }, 1, 0, 0)]
    [InlineData(new[] { 2, 2 }, 1, 0, 0)]
    [InlineData(new[] { 3 }, 2, 0, 0)]
    [InlineData(new[] { 2 }, 1, 1, 1)]
    [InlineData(new[] { 1, 1 }, 1, 1, 1)]
    [InlineData(new[] { 1 }, 2, 1, 1)]
    public void In_every_order_of_steps_and_deaths_what_is_committed_is_delivered_once(int[] producers, int consumers, int repairers, int kills) =>
        Watchdog.Run(TimeSpan.FromMinutes(10), () =>
        {
            World start = Start(producers, consumers, repairers);
            var seen = new HashSet<World> { start };
            var open = new Stack<World>();
            open.Push(start);
            int ends = 0;
            while (open.TryPop(out World world))
            {
                bool canMove = false;
                for (int who = 0; who < world.Processes.Length; who++)
                {
                    Process process = world.Processes[who];
                    if (process.Step == Step.Dead || (process.Step == Step.Done && process.Role == Role.Producer))
                    {
                        continue;
                    }

                    World next = world.Copy();
                    Advance(ref next, who);
                    canMove |= Push(next, world);

                    // One consumer and one repairer live to the end: somebody must be there to deliver and to repair.
                    if (world.Kills < kills && who != world.Processes.Length - 1 && who != producers.Length)
                    {
                        World killed = world.Copy();
                        killed.Processes[who].Step = Step.Dead;
                        killed.Kills++;
                        Push(killed, world);
                    }
                }

                if (!canMove || IsQuiet(world))
                {
                    ends++;
                }
            }

            // Nobody is ever stuck: from every state, the living alone, in turn, come to an end where all that was committed is delivered.
            foreach (World world in seen)
            {
                World end = world.Copy();
                for (int round = 0; round < 400 && !IsQuiet(end); round++)
                {
                    for (int who = 0; who < end.Processes.Length; who++)
                    {
                        if (end.Processes[who].Step != Step.Dead && !(end.Processes[who].Step == Step.Done && end.Processes[who].Role == Role.Producer))
                        {
                            Advance(ref end, who);
                        }
                    }
                }

                Assert.True(IsQuiet(end), "somebody waits for ever");
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{seen.Count} states, {ends} quiet ones");
            Assert.True(ends > 0);

            bool Push(World next, World from)
            {
                if (next.Equals(from))
                {
                    return false;
                }

                if (seen.Add(next))
                {
                    open.Push(next);
                }

                return true;
            }
        });

    /// <summary>All living producers are done, everything that was committed is delivered, and the dead are cleaned up after.</summary>
    private static bool IsQuiet(World world)
    {
        for (int i = 0; i < world.Processes.Length; i++)
        {
            Process process = world.Processes[i];
            bool isDone = process.Role switch
            {
                Role.Producer => process.Step is Step.Done or Step.Dead,
                Role.Repairer => process.Step is Step.Done or Step.Dead,
                _ => true,
            };
            if (!isDone || (process.Step == Step.Dead && (world.Entered & (1 << i)) != 0))
            {
                return false;
            }
        }

        return !world.Fate.Contains((byte)1);
    }

    private static World Start(int[] producers, int consumers, int repairers)
    {
        var processes = new List<Process>();
        byte value = 0;
        foreach (int messages in producers)
        {
            processes.Add(new Process { Role = Role.Producer, Step = Step.ReadHint, Left = (byte)messages, Value = value });
            value += (byte)messages;
        }

        for (int i = 0; i < consumers; i++)
        {
            processes.Add(new Process { Role = Role.Consumer, Step = Step.ReadReturns });
        }

        for (int i = 0; i < repairers; i++)
        {
            processes.Add(new Process { Role = Role.Repairer, Step = Step.Done });
        }

        return new World
        {
            Words = new Word[Slots],
            Values = new byte[Slots],
            Processes = [.. processes],
            Entered = (byte)((1 << processes.Count) - 1),
            Fate = new byte[value],
        };
    }
}
