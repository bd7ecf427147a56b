namespace Multiprocessing.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_what_PublicApi_txt_says() => PublicApi.AssertUnchanged(typeof(SharedMemoryManagerHostingOptions).Assembly);
}
