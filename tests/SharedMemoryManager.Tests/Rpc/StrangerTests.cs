using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>Clients that others have written, or that know nothing but docs/protocol.md, share a manager: in JavaScript and Python, in both framings.</summary>
public sealed class StrangerTests
{
    private const string Variable = "MULTIPROCESSING_MANAGER";

    [Fact]
    public void Vscode_jsonrpc_lists_attaches_creates_and_releases() =>
        ListsAttachesCreatesAndReleases((address, block) =>
            Node.Start(Script("client.js"), "vscode-jsonrpc", start => start.Environment[Variable] = address, block));

    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void Python_with_its_standard_library_alone_lists_attaches_creates_and_releases(string version) =>
        ListsAttachesCreatesAndReleases(Start(Python.Get(version), "client.py"));

    [Fact]
    public void Python_with_its_msgpack_lists_attaches_creates_and_releases() =>
        ListsAttachesCreatesAndReleases(Start(Python.WithMsgpack, "msgpack_client.py"));

    private static void ListsAttachesCreatesAndReleases(Func<string, string, ConsoleProcess> start) => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(16);
        block.Span[0] = 41;
        using ConsoleProcess stranger = start(manager.Address, block.Name);

        string[] created = stranger.ReadLine().Split(' ');
        Assert.Equal("created", created[0]);
        string name = created[1];
        Assert.Equal(42, block.Span[0]);
        Assert.Contains(("strange", 64L, stranger.Id), manager.ListBlocks().Where(b => b.Name == name).Select(b => (b.Kind, b.Size, b.OwnerProcessId)));
        using (SharedMemory attached = SharedMemory.Attach(name))
        {
            Assert.Equal(Enumerable.Repeat((byte)7, 64), attached.Span.ToArray());
        }

        stranger.WriteLine("release it");
        Assert.Equal("released", stranger.ReadLine());
        Assert.Equal(0, stranger.WaitForExit());
        Assert.DoesNotContain(Directory.EnumerateFiles("/dev/shm"), path => path.EndsWith(name, StringComparison.Ordinal));
        Assert.Equal([block.Name], manager.ListBlocks().Select(b => b.Name));
    });

    private static Func<string, string, ConsoleProcess> Start(Python python, string script) => (address, block) =>
        python.Start(start => start.Environment[Variable] = address, File.ReadAllText(Script(script)), block);

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Strangers", name);
}
