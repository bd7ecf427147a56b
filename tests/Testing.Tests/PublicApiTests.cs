namespace Multiprocessing.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_API_is_what_was_agreed() => PublicApi.AssertUnchanged(typeof(LeakCheck).Assembly);
}
