namespace Multiprocessing;

/// <summary>This assembly as a program: the server process of a manager.</summary>
internal static class ServerProgram
{
    internal static int Main()
    {
        if (ServerSettings.FromEnvironment() is not ServerSettings settings)
        {
            Console.Error.WriteLine("This is the server of a SharedMemoryManager. A program starts it with SharedMemoryManager.Start().");
            return 2;
        }

        return Run(settings);
    }

    internal static int Run(ServerSettings settings)
    {
        // So that no file system stays busy on account of a server that happened to be started from it.
        Directory.SetCurrentDirectory(Path.GetPathRoot(AppContext.BaseDirectory)!);
        return new ManagerServer(settings).Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
    }
}
