using System.Text;

namespace Multiprocessing.Tests;

public sealed class DumpTests : IDisposable
{
    private readonly SharedMemory _block = SharedMemory.Create(100);

    public DumpTests() => Encoding.ASCII.GetBytes("hello, shared memory!").CopyTo(_block.Span);

    [Fact]
    public void It_is_what_hexdump_writes_or_the_bytes() => Watchdog.Run(() =>
    {
        const string Expected = """
            00000000  68 65 6c 6c 6f 2c 20 73  68 61 72 65 64 20 6d 65  |hello, shared me|
            00000010  6d 6f 72 79 21 00 00 00  00 00 00 00 00 00 00 00  |mory!...........|
            00000020  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
            *
            00000060  00 00 00 00                                       |....|
            00000064

            """;
        Assert.Equal(Expected, Tool.Run("dump", _block.Name).Output);
        Assert.Equal(_block.ReadOnlySpan.ToArray(), Tool.RunRaw("dump", _block.Name, "--raw").Output);
        Assert.Equal("shared", Encoding.ASCII.GetString(Tool.RunRaw("dump", _block.Name, "--raw", "--offset", "7", "--length", "6").Output));
        Assert.Equal(1, Tool.Run("dump", _block.Name, "--offset", "101").ExitCode);
        Assert.Equal(2, Tool.Run("dump", _block.Name, "--offset", "-1").ExitCode);
        Assert.Equal(1, Tool.Run("dump", "no_such_block").ExitCode);
    });

    [Fact]
    public void A_reader_that_goes_away_and_an_output_that_is_closed_make_no_stack_trace() => Watchdog.Run(() =>
    {
        Peer.Require(File.Exists("/bin/sh"), "/bin/sh");
        using var large = SharedMemory.Create(1 << 20);
        try
        {
            (_, byte[] output, string error) = Tool.RunShell($"$shm dump --raw {large.Name} | head -c 10");
            Assert.Equal(10, output.Length);
            Assert.Empty(error);
            (_, _, error) = Tool.RunShell($"$shm dump {_block.Name} >&-");
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
            (int exitCode, _, error) = Tool.RunShell($"$shm dump {large.Name} --raw > /dev/full");
            Assert.Equal(1, exitCode);
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
            Assert.NotEmpty(error);
        }
        finally
        {
            large.Unlink();
        }
    });

    public void Dispose()
    {
        _block.Dispose();
        _block.Unlink();
    }
}
