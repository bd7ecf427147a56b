using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Multiprocessing.Tests;

/// <summary>Options from code and from a configuration; each that cannot be is refused at the host's start, with its reason.</summary>
public sealed class OptionsTests
{
    private const string Good = "unix:/tmp/psm_0/socket?token=00";

    public static TheoryData<string, string> Bad { get; } = new()
    {
        { "Role=7", "Role is 7, which is none of Owner, Client, ClientOrOwner." },
        { $"Address={Good}", "Address is set, but an owner starts its manager itself: set Role to Client or ClientOrOwner to connect." },
        { "ReleaseOnDeath=true", "ReleaseOnDeath is for clients: what an owner's manager hands out always goes with it." },
        { "Role=Client", "Address is not set, and neither is the environment variable MULTIPROCESSING_MANAGER, which UseManager sets: a client needs one of them." },
        { "Role=Client;Address=/tmp/secret", "Address holds no address of a manager, which has the form unix:PATH?token=HEX." },
        { "Role=ClientOrOwner;Address=unix:/x", "Address holds no address of a manager, which has the form unix:PATH?token=HEX." },
        { "StartTimeout=00:00:00", "StartTimeout is 00:00:00: it must be positive, or -00:00:00.001 for ever." },
        { "StartTimeout=-00:00:01", "StartTimeout is -00:00:01: it must be positive, or -00:00:00.001 for ever." },
        { "ShutdownTimeout=00:00:00", "ShutdownTimeout is 00:00:00: it must be positive, and at most 24 days." },
        { "ShutdownTimeout=25.00:00:00", "ShutdownTimeout is 25.00:00:00: it must be positive, and at most 24 days." },
        { "BlockMode=GroupRead", "BlockMode is 'GroupRead': it must let the owner read and write, and hold permissions only. (By name: UserRead, UserWrite. A number is a decimal one.)" },
        { "BlockMode=640", "BlockMode is 'UserWrite, StickyBit': it must let the owner read and write, and hold permissions only. (By name: UserRead, UserWrite. A number is a decimal one.)" },
        { "ServerHostPath=/no/where", "ServerHostPath: there is no file '/no/where'." },
        { "TemporaryDirectory=/no/where", "TemporaryDirectory: there is no folder '/no/where'." },
        { "PythonAddress=/tmp/x", "PythonAddress or PythonAuthKey is set, but PythonEndpoint is not." },
        { "PythonAuthKey=00", "PythonAddress or PythonAuthKey is set, but PythonEndpoint is not." },
        { $"Role=Client;Address={Good};PythonEndpoint=true", "PythonEndpoint is set, but a client has none: the owner of the manager asks for it." },
        { "PythonEndpoint=true;PythonAddress=/no/where/x", "PythonAddress: there is no folder for '/no/where/x'." },
        { "PythonEndpoint=true;PythonAuthKey=0g", "PythonAuthKey is no key in hexadecimal: two digits a byte." },
        { "PythonEndpoint=true;PythonAuthKey=000", "PythonAuthKey is no key in hexadecimal: two digits a byte." },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_cannot_be_fails_the_start_with_its_reason(string section, string reason) => Hosts.Run(
        services => services.AddSharedMemoryManager(Section(section)),
        async host =>
        {
            OptionsValidationException e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
            Assert.Equal($"Shared memory manager: {reason}", Assert.Single(e.Failures));
        });

    [Fact]
    public void All_that_is_wrong_is_said_at_once_and_of_which_manager() => Hosts.Run(
        static services => services.AddKeyedSharedMemoryManager("images", static options =>
            (options.ServerHostPath, options.StartTimeout, options.BlockMode) = ("/no/where", TimeSpan.Zero, UnixFileMode.None)),
        static async host =>
        {
            OptionsValidationException e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
            Assert.Equal(3, e.Failures.Count());
            Assert.All(e.Failures, static failure => Assert.StartsWith("Shared memory manager 'images': ", failure, StringComparison.Ordinal));
        });

    [Fact]
    public void A_misspelled_key_of_the_section_is_an_error() => Hosts.Run(
        static services => services.AddSharedMemoryManager(Section("ShutdwonTimeout=00:00:10")),
        static async host =>
        {
            InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());
            Assert.Contains("ShutdwonTimeout", e.Message, StringComparison.Ordinal);
        });

    [Fact]
    public Task Everything_can_be_said_in_a_section() => Watchdog.RunAsync(() => Hosts.WithFolder(folder =>
    {
        string address = Path.Combine(folder, "python");
        string section = $"StartTimeout=00:01:00;ShutdownTimeout=00:00:09;BlockMode=UserRead, UserWrite, GroupRead;ReserveBlocks=false;GuardNames=false;"
            + $"ServerHostPath={Environment.ProcessPath};TemporaryDirectory={folder};PythonEndpoint=true;PythonAddress={address};PythonAuthKey=c0ffee";
        var services = new ServiceCollection();
        services.AddKeyedSharedMemoryManager("k", Section(section));
        using ServiceProvider provider = services.BuildServiceProvider();
        SharedMemoryManagerHostingOptions options = provider.GetRequiredService<IOptionsMonitor<SharedMemoryManagerHostingOptions>>().Get("k");
        SharedMemoryManagerOptions made = options.ToManagerOptions();
        Assert.Equal(TimeSpan.FromMinutes(1), options.StartTimeout);
        Assert.Equal(
            (TimeSpan.FromSeconds(9), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, false, false, Environment.ProcessPath, folder),
            (made.ShutdownTimeout, made.Blocks.Mode, made.Blocks.Reserve, made.GuardNames, made.ServerHostPath, made.TemporaryDirectory));
        Assert.Equal((address, "C0FFEE"), (made.PythonEndpoint!.Address, Convert.ToHexString(made.PythonEndpoint.AuthKey.Span)));
        return Task.CompletedTask;
    }));

    [Fact]
    public void What_is_not_said_is_as_without_a_host()
    {
        SharedMemoryManagerOptions made = new SharedMemoryManagerHostingOptions().ToManagerOptions();
        Assert.Equal(SharedMemoryManagerOptions.Default, made);
    }

    private static IConfigurationSection Section(string text)
    {
        var builder = new ConfigurationBuilder();
        builder.AddInMemoryCollection(text.Split(';').Select(static pair => pair.Split('=', 2)).Select(static pair => KeyValuePair.Create($"Memory:{pair[0]}", (string?)pair[1])));
        return builder.Build().GetSection("Memory");
    }
}
