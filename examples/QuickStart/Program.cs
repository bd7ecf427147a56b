// What the README shows: a manager, a block and a list, a child process that attaches by name, and nothing left at the end.
using System.Diagnostics;
using Multiprocessing;

SharedMemoryManager.RunIfServer(args);
if (args is ["child", string blockName, string listName])
{
    return Child(blockName, listName);
}

string prefix;
using (var manager = SharedMemoryManager.Start())
{
    prefix = $"psm_{manager.Id}_";
    using SharedMemory block = manager.CreateBlock(1024);
    using ShareableList list = manager.CreateList("howdy", 41, 2.5, true, null);
    Console.WriteLine($"manager  {manager}");
    Console.WriteLine($"block    {block}");
    Console.WriteLine($"list     {list}");

    var start = new ProcessStartInfo(Environment.ProcessPath!);
    if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
    {
        start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
    }

    foreach (string argument in (string[])["child", block.Name, list.Name])
    {
        start.ArgumentList.Add(argument);
    }

    using Process child = Process.Start(start.UseManager(manager))!;
    child.WaitForExit();

    Console.WriteLine($"the child wrote {block.Span[0]} into the block and made the list {list}");
    foreach (TrackedBlock tracked in manager.ListBlocks())
    {
        Console.WriteLine($"tracked  {tracked.Name,-28} {tracked.Kind,-6} {tracked.Size,5} bytes, made by process {tracked.OwnerProcessId}");
    }
}

int left = OperatingSystem.IsLinux() ? SharedMemory.List().Count(block => block.Name.StartsWith(prefix, StringComparison.Ordinal)) : 0;
Console.WriteLine($"left in shared memory: {left}");
return left;

// The child is handed two names. It could just attach to them; it also joins the manager, so what it makes is cleaned up too.
static int Child(string blockName, string listName)
{
    using SharedMemory block = SharedMemory.Attach(blockName);
    using ShareableList list = ShareableList.Attach(listName);
    block.Span[0] = 42;
    list[1] = list.GetInt64(1) + 1;

    using var manager = SharedMemoryManager.Connect();
    using SharedMemory own = manager.CreateBlock(64);
    Console.WriteLine($"child    attached to both, and made {own}");
    return 0;
}
