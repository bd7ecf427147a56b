using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>Attaching while another process makes arrays under the same name, again and again.</summary>
public sealed class RaceTests : IDisposable
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void No_attach_sees_a_wrong_array_of_ours() => Watchdog.Run(() =>
    {
        string name = _scratch.NewName();
        using ChildProcess child = ChildProcess.Start("array-churn", name, $"{Duration.TotalSeconds}");
        child.ReadLine();
        (long right, long none, long notYet) = Attach(name, "not finished|has no size", () => child.HasExited);
        Assert.True(right > 1000 && none > 0, $"{right} attached, {none} not there, {notYet} not there yet");
        Assert.Equal(0, child.WaitForExit());
    });

    [Fact]
    public void No_attach_sees_a_wrong_array_of_the_extension_which_writes_the_magic_first() => Watchdog.Run(() =>
    {
        string name = _scratch.NewName();
        using var numpy = new NumpyPeer();
        numpy.Ask("version");
        var clock = Stopwatch.StartNew();
        numpy.Tell("churn", name, Duration.TotalSeconds);
        (long right, long none, long notYet) = Attach(name, "not finished|has no size|not what is there", () => clock.Elapsed > Duration + TimeSpan.FromSeconds(0.5));
        Assert.True(right > 1000, $"{right} attached, {none} not there, {notYet} not there yet");
        Assert.True((int)numpy.Answer()! > 1000);
    });

    [Fact]
    public void Of_processes_that_make_or_attach_exactly_one_makes_each_array() => Watchdog.Run(() =>
    {
        const int Rounds = 300;
        string prefix = _scratch.NewName();
        ChildProcess[] children = [.. Enumerable.Range(0, 3).Select(_ => ChildProcess.Start("array-race", prefix, $"{Rounds}"))];
        try
        {
            Assert.All(children, static child => Assert.Equal("ready", child.ReadLine()));
            Array.ForEach(children, static child => child.WriteLine("go"));
            string[] made = [.. children.Select(static child => child.ReadLine())];
            for (int i = 0; i < Rounds; i++)
            {
                Assert.Single(made, line => line[i] == '1');
                using SharedArray<long> array = SharedArray<long>.Attach($"{prefix}{i}");
                Assert.Equal(children.Length, array[2, 1]);
            }
        }
        finally
        {
            Array.ForEach(children, static child => child.Dispose());
            for (int i = 0; i < Rounds; i++)
            {
                SharedMemory.TryUnlink($"{prefix}{i}");
            }
        }
    });

    [Fact]
    public void A_creator_that_is_killed_anywhere_leaves_an_array_or_nothing_that_passes_for_one() => Watchdog.Run(() =>
    {
        int rounds = int.Parse(Environment.GetEnvironmentVariable("DEATH_ROUNDS") ?? "8", null);
        var random = new Random(1);
        for (int round = 0; round < rounds; round++)
        {
            string name = _scratch.NewName();
            using (ChildProcess child = ChildProcess.Start("array-churn", name, "60"))
            {
                child.ReadLine();
                Thread.Sleep(random.Next(20));
                child.Kill();
            }

            try
            {
                using SharedArray array = SharedArray.Attach(name);
                AssertRight(array);
                SharedArray.Delete(name);
            }
            catch (Exception e) when (e is FileNotFoundException or InvalidDataException)
            {
                SharedMemory.TryUnlink(name);
            }
        }
    });

    /// <summary>Attaches until told to stop. What is attached must be one of those that the other side makes.</summary>
    private static (long Right, long None, long NotYet) Attach(string name, string refusal, Func<bool> ends)
    {
        long right = 0, none = 0, notYet = 0;
        for (int i = 0; i % 1000 != 0 || !ends(); i++)
        {
            try
            {
                using SharedArray array = SharedArray.Attach(name);
                AssertRight(array);
                right++;
            }
            catch (FileNotFoundException)
            {
                none++;
            }
            catch (InvalidDataException e)
            {
                Assert.Matches(refusal, e.Message);
                notYet++;
            }
        }

        return (right, none, notYet);
    }

    private static void AssertRight(SharedArray array)
    {
        Assert.Equal(2, array.Rank);
        SharedArrayType expected = array.Shape[1] switch
        {
            1 => SharedArrayType.Int32,
            2 => SharedArrayType.Float64,
            _ => SharedArrayType.UInt8,
        };
        Assert.Equal(expected, array.ElementType);
        Assert.InRange(array.Shape[0], 2, 8);
        Assert.InRange(array.Shape[1], 1, 3);
        Assert.Equal(array.Block.Size, array.Size + 292);
    }
}
