using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>A stock Python that connects to a manager of ours with its own SharedMemoryManager, and does what a line at a time says.</summary>
internal static class StockManager
{
    /// <summary>How a script begins: <c>smm</c> is connected, and <c>call</c> is any method of the server.</summary>
    internal const string Connect =
        """
        import os, sys
        from multiprocessing.managers import SharedMemoryManager, dispatch
        smm = SharedMemoryManager(os.environ['MULTIPROCESSING_MANAGER_PYTHON'], bytes.fromhex(os.environ['MULTIPROCESSING_MANAGER_PYTHON_AUTHKEY']))
        smm.connect()
        def call(method, *args, **kwds):
            conn = smm._Client(smm._address, authkey=smm._authkey)
            try:
                return dispatch(conn, None, method, args, kwds)
            finally:
                conn.close()
        def error(method, *args, **kwds):
            try:
                call(method, *args, **kwds)
            except Exception as e:
                return type(e).__name__ + ' ' + str(e).replace('-' * 75, '').strip().split('\n')[-1]
        """ + "\n";

    /// <summary>Makes a block and a list, says their names, and waits for a line.</summary>
    internal const string Make = Connect +
        """
        block = smm.SharedMemory(64)
        block.buf[0] = 7
        items = smm.ShareableList(['one', 2, None])
        print(block.name, items.shm.name, flush=True)
        sys.stdin.readline()
        """;

    internal static SharedMemoryManagerOptions Endpoint { get; } = new() { PythonEndpoint = new() };

    internal static ConsoleProcess Start(string version, SharedMemoryManager manager, string script, params string[] args) =>
        Python.Get(version).Start(start => Configure(start, manager), script, args);

    /// <summary>Runs a script to its end and returns what it wrote.</summary>
    internal static string Run(string version, SharedMemoryManager manager, string script, params string[] args)
    {
        using ConsoleProcess process = Start(version, manager, script, args);
        var lines = new List<string>();
        process.CloseInput();
        int exitCode = process.WaitForExit();
        try
        {
            while (true)
            {
                lines.Add(process.ReadLine());
            }
        }
        catch (InvalidOperationException)
        {
            // That was all.
        }

        Assert.True(exitCode == 0, process.StandardError);
        return string.Join('\n', lines);
    }

    private static void Configure(ProcessStartInfo start, SharedMemoryManager manager)
    {
        // Without site packages, which only make its start longer.
        start.ArgumentList.Insert(0, "-S");
        start.UseManager(manager);
    }
}
