namespace Multiprocessing.Tests;

/// <summary>What a child process does as the owner of a manager to which stock Pythons connect.</summary>
internal static class PythonVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("python-hold", Hold),
    ];

    /// <summary>
    /// Owns a manager with a block and an endpoint for Python, at the path that is given, if one is; says the server's pid, the address and the key; waits
    /// for a line.
    /// </summary>
    private static void Hold(string[] args)
    {
        using var manager = SharedMemoryManager.Start(new() { PythonEndpoint = new() { Address = args is [string path] ? path : null } });
        using SharedMemory block = manager.CreateBlock(64);
        Console.WriteLine($"{manager.ServerProcessId} {manager.PythonAddress} {Convert.ToHexStringLower(manager.GetPythonAuthKey())}");
        Console.ReadLine();
    }
}
