using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Things a test needs that a machine may lack, such as some version of Python.</summary>
public static class Peer
{
    /// <summary>
    /// Skips the running test when a peer is missing. Where all peers are promised (continuous integration sets
    /// REQUIRE_PEERS=1) it fails instead, so that a broken image does not pass for a green run.
    /// </summary>
    public static void Require(bool present, string what)
    {
        if (present)
        {
            return;
        }
        string reason = $"This machine has no {what}.";
        if (Environment.GetEnvironmentVariable("REQUIRE_PEERS") == "1")
        {
            Assert.Fail($"{reason} (REQUIRE_PEERS=1)");
        }
        Assert.Skip(reason);
    }
}
