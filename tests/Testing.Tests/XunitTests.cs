using System.Reflection;
using Xunit.v3;

namespace Multiprocessing.Tests;

/// <summary>The attribute and the fixture.</summary>
[LeakFree(GraceSeconds = 1)]
public sealed class XunitTests
{
    [Fact]
    [LeakFree(TrackCreators = true)]
    public void The_attribute_lets_a_clean_test_pass()
    {
        using SharedMemory block = SharedMemory.Create(10);
        block.Unlink();
    }

    [Fact]
    public void The_attribute_fails_a_test_that_leaks_and_names_it()
    {
        var test = (IXunitTest)TestContext.Current.Test!;
        var method = (MethodInfo)MethodBase.GetCurrentMethod()!;
        var attribute = new LeakFreeAttribute { TrackCreators = true, GraceSeconds = 0 };

        attribute.Before(method, test);
        using SharedMemory block = Plants.PlantBlock();
        LeakException leak = Assert.Throws<LeakException>(() => attribute.After(method, test));
        block.Unlink();

        Assert.StartsWith($"2 things were left behind since the start of the test {test.TestDisplayName}", leak.Message, StringComparison.Ordinal);
        Planted.AssertNamed(leak.Report, LeakKinds.Blocks, block.Name, nameof(Plants.PlantBlock));
    }

    [Fact]
    public void The_fixture_throws_when_something_is_left_and_removes_it()
    {
        var fixture = new ImpatientFixture();
        using SharedMemory block = Plants.PlantBlock();

        LeakException leak = Assert.Throws<LeakException>(fixture.Dispose);

        Assert.Contains($"since {nameof(ImpatientFixture)}", leak.Message, StringComparison.Ordinal);
        Assert.False(SharedMemory.Exists(block.Name));
    }

    private sealed class ImpatientFixture() : LeakCheckFixture(new LeakCheckOptions { Grace = TimeSpan.Zero });
}
