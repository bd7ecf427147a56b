using System.Runtime.InteropServices;
using System.Text.Json;

namespace Multiprocessing.Bench;

/// <summary>
/// Our part in the deaths: an owner, a client, a plain block, the next who comes. What peer.py does, with this library. Says one line of JSON when
/// it is ready, and answers each line of input with one. "end", like the end of the input, is a clean end.
/// </summary>
internal static partial class Role
{
    internal const string Verb = "role";

    private const int Size = 4096;

    internal static void Run(string role)
    {
        if (Environment.GetEnvironmentVariable(Trial.SessionVariable) is not null && setsid() < 0)
        {
            throw new InvalidOperationException("There is no session of its own for this process.");
        }

        switch (role)
        {
            case "owner":
                Owner();
                break;
            case "client":
                Client();
                break;
            case "plain":
                Plain();
                break;
            case "next":
                SharedMemoryManager.Reclaim();
                Say(new { names = Array.Empty<string>() });
                break;
            default:
                throw new ArgumentException($"There is no role '{role}'.");
        }
    }

    private static void Owner()
    {
        using var manager = SharedMemoryManager.Start();
        string address = manager.Address;
        List<SharedMemory> blocks = [Fill(manager.CreateBlock(Size)), Fill(manager.CreateBlock(Size))];
        using ShareableList list = manager.CreateList("howdy", 41, 2.5, true, null);
        Say(new { server = manager.ServerProcessId, address, id = manager.Id, names = blocks.Select(block => block.Name).Append(list.Name) });
        Serve(new()
        {
            ["another"] = () =>
            {
                blocks.Add(Fill(manager.CreateBlock(Size)));
                return new { names = new[] { blocks[^1].Name } };
            },
            ["die"] = () =>
            {
                Environment.FailFast("on purpose");
                return new { };
            },
            ["unlink"] = () =>
            {
                blocks[0].Unlink();
                return new { };
            },
            ["shutdown"] = () =>
            {
                IReadOnlyList<string> notRemoved = manager.Shutdown().NotRemoved;
                return notRemoved.Count == 0 ? new { } : new { error = string.Join("; ", notRemoved) };
            },
        });
        blocks.ForEach(block => block.Dispose());
    }

    private static void Client()
    {
        using var manager = SharedMemoryManager.Connect(Environment.GetEnvironmentVariable(Trial.AddressVariable));
        using SharedMemory block = Fill(manager.CreateBlock(Size));
        Say(new { names = new[] { block.Name } });
        Serve([]);
    }

    private static void Plain()
    {
        using SharedMemory block = Fill(SharedMemory.Create(Size));
        Say(new { names = new[] { block.Name } });
        Serve([]);
        block.Unlink();
    }

    private static SharedMemory Fill(SharedMemory block)
    {
        for (int i = 0; i < Size; i++)
        {
            block.Span[i] = (byte)((i * 31) + 7);
        }

        return block;
    }

    private static void Serve(Dictionary<string, Func<object>> verbs)
    {
        while (Console.ReadLine() is string verb and not "end")
        {
            try
            {
                Say(verbs[verb]());
            }
#pragma warning disable CA1031 // Whatever goes wrong is an answer.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Say(new { error = $"{e.GetType().Name}: {e.Message}" });
            }
        }
    }

    private static void Say(object what) => Console.WriteLine(JsonSerializer.Serialize(what));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsid();
}
