namespace Multiprocessing.Tests;

/// <summary>Blocks of another user. They are made by a superuser and met by a child that is none.</summary>
public sealed class PermissionTests
{
    private static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];

    [Fact]
    public void A_block_of_somebody_else_is_an_UnauthorizedAccessException_and_stays() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);
        SharedMemory readable = scratch.Create(10, options: new SharedMemoryOptions { Mode = (UnixFileMode)0x1a4 });
        Peer.Require(Environment.IsPrivilegedProcess, "right to run a child as another user");
        Wrapped.Require("setpriv", AsNobody);

        string[] lines = Wrapped.Run(AsNobody, "block-try", block.Name, readable.Name);

        Assert.Equal(
            [
                "attach UnauthorizedAccessException", "attach-read-only UnauthorizedAccessException", "unlink UnauthorizedAccessException",
                "create-or-attach UnauthorizedAccessException", "create SharedMemoryExistsException", "exists True",
                "attach UnauthorizedAccessException", "attach-read-only 10", "unlink UnauthorizedAccessException",
                "create-or-attach UnauthorizedAccessException", "create SharedMemoryExistsException", "exists True",
            ],
            lines);
        Assert.True(SharedMemory.Exists(block.Name));
    });
}
