using System.Diagnostics;

namespace Multiprocessing;

/// <content>Processes that share the manager.</content>
public sealed partial class SharedMemoryManager
{
    /// <summary>Starts a process that joins this manager by <c>SharedMemoryManager.Connect()</c>. Waits until the manager's server listens.</summary>
    /// <param name="startInfo">What to start; the manager's address is put into its environment (<see cref="ManagerProcessStartInfoExtensions.UseManager"/>).</param>
    /// <returns>The process, which lives on when it is disposed, and when the manager ends: then its next call to the manager says so.</returns>
    /// <exception cref="SharedMemoryManagerException">The server did not come up.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">It could not be started.</exception>
    /// <exception cref="InvalidOperationException">There is nothing to start, or (on Windows) it would be by a shell, which passes no environment on.</exception>
    public Process StartProcess(ProcessStartInfo startInfo)
    {
        ArgumentNullException.ThrowIfNull(startInfo);
        Process process = Process.Start(startInfo.UseManager(this))
            ?? throw new InvalidOperationException($"'{startInfo.FileName}' started no process of its own.");
        CreatorLog.Current?.Made("process", startInfo.FileName, process.Id);
        return process;
    }
}
