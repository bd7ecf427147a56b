using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Multiprocessing.Tests;

/// <summary>Each leaves one thing, from a method of its own that a report should name.</summary>
internal static class Plants
{
    internal const string File = "Plants.cs";

    internal static SharedMemory PlantBlock() => SharedMemory.Create(1000);

    internal static SharedMutex PlantMutex() => SharedMutex.Create();

    internal static SharedMutex PlantMutexIn(SharedMemory block) => SharedMutex.Create(block, 128);

    internal static ShareableList PlantList() => ShareableList.Create(["left", 1]);

    internal static SharedMemory PlantMapping(string name) => SharedMemory.Attach(name);

    internal static SharedMemoryManager PlantManager() => SharedMemoryManager.Start();

    internal static Process PlantProcess() => Process.Start("sleep", "987");

    internal static Process PlantProcessOf(SharedMemoryManager manager) => manager.StartProcess(new ProcessStartInfo("sleep", ["986"]));

    internal static LeaseFile PlantLease() => LeaseFile.TryCreate(ManagerNames.Lease(ManagerNames.NewId()), "owner 1\n")!;

    internal static FileStream PlantFile(string path) => new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);

    internal static TcpListener PlantListener()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
