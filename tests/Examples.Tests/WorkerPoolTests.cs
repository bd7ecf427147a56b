using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Multiprocessing.Tests;

/// <summary>examples/WorkerPool: what it packs, with its workers killed meanwhile, is what gunzip unpacks.</summary>
public sealed partial class WorkerPoolTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(131_072, 3)]
    [InlineData(131_073, 1)]
    [InlineData(3_000_000, 2)]
    public void It_packs_what_gunzip_unpacks(int bytes, int workers) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        byte[] content = Content(bytes);
        string file = folder.File("input", content);
        string packed = Path.Combine(folder.Path, "packed.gz");
        string[] lines = Example.Lines(Example.Run("WorkerPool", file, $"{workers}", "0", packed));
        Assert.Equal(
            [$"bytes     {bytes}", $"pieces    {Math.Max(1, (bytes + 131_071) / 131_072)}", $"workers   {workers}, 0 killed and replaced"],
            lines[..3]);
        Assert.Equal(["the result unpacks to the same", "left in shared memory: 0"], lines[^2..]);
        Assert.Equal(content, GunZip(packed));
        before.AssertUnchanged();
    });

    [Fact]
    public void Workers_that_are_killed_at_random_are_replaced_and_nothing_is_lost_nor_taken_twice() => Watchdog.Run(TimeSpan.FromMinutes(4), () =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        byte[] content = Content(24_000_000);
        string file = folder.File("input", content);
        string packed = Path.Combine(folder.Path, "packed.gz");
        int killed = 0;
        for (int round = 0; round < 2; round++)
        {
            string[] lines = Example.Lines(Example.Run("WorkerPool", file, "3", "12", packed));
            Match workers = Killed().Match(lines[2]);
            Assert.True(workers.Success, lines[2]);
            killed += int.Parse(workers.Groups[1].Value, CultureInfo.InvariantCulture);
            Assert.Equal(["the result unpacks to the same", "left in shared memory: 0"], lines[^2..]);
            Assert.Equal(content, GunZip(packed));
        }

        Assert.InRange(killed, 2, 24);
        before.AssertUnchanged();
    });

    [Fact]
    public void When_it_is_killed_itself_its_workers_end_and_nothing_is_left() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        string file = folder.File("input", Content(60_000_000));
        var start = new ProcessStartInfo(Example.DotnetHost, ["exec", Example.Dll("WorkerPool"), file, "2"]) { RedirectStandardOutput = true };
        using (Process process = Process.Start(start)!)
        {
            Eventually.True(() => SharedMemory.List().Any(block => block.Kind == "queue"), "the queue");
            Thread.Sleep(400);
            process.Kill();
            process.WaitForExit();
        }

        Eventually.True(
            () =>
            {
                try
                {
                    before.AssertUnchanged();
                    return true;
                }
                catch (Exception)
                {
                    return false;
                }
            },
            "nothing is left");
    });

    [Theory]
    [InlineData("file", "0")]
    [InlineData("file", "65")]
    [InlineData("file", "2", "1001")]
    [InlineData("file", "2", "x")]
    [InlineData("a", "1", "1", "b", "c")]
    [InlineData("--help")]
    [InlineData("")]
    public void Bad_arguments_are_said(params string[] arguments) => Watchdog.Run(() =>
    {
        ProcessResult result = Example.Run("WorkerPool", arguments);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("usage: WorkerPool [FILE] [WORKERS] [KILLS] [OUT]\n", result.Error, StringComparison.Ordinal);
    });

    [Fact]
    public void A_file_that_is_not_there_is_said() => Watchdog.Run(() =>
    {
        ProcessResult result = Example.Run("WorkerPool", "/nowhere/at/all");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("WorkerPool: ", result.Error, StringComparison.Ordinal);
    });

    /// <summary>Words at random: neither all the same nor noise, so that packing takes its time.</summary>
    private static byte[] Content(int bytes)
    {
        var random = new Random(20261121);
        byte[][] words = [.. Enumerable.Range(0, 500).Select(_ =>
        {
            byte[] word = new byte[random.Next(2, 12)];
            random.NextBytes(word);
            return word;
        })];
        byte[] content = new byte[bytes];
        for (int at = 0; at < bytes;)
        {
            byte[] word = words[random.Next(words.Length)];
            int length = Math.Min(word.Length, bytes - at);
            word.AsSpan(0, length).CopyTo(content.AsSpan(at));
            at += length;
        }

        return content;
    }

    private static byte[] GunZip(string file)
    {
        using Process gzip = Process.Start(new ProcessStartInfo("gzip", ["-dc", file]) { RedirectStandardOutput = true })!;
        using var bytes = new MemoryStream();
        gzip.StandardOutput.BaseStream.CopyTo(bytes);
        gzip.WaitForExit();
        Assert.Equal(0, gzip.ExitCode);
        return bytes.ToArray();
    }

    [GeneratedRegex(@"^workers   3, (\d+) killed and replaced$")]
    private static partial Regex Killed();
}
