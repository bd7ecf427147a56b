using System.Diagnostics;

namespace Multiprocessing;

/// <summary>Starting processes that share a manager.</summary>
public static class ManagerProcessStartInfoExtensions
{
    /// <summary>
    /// Hands the manager's address to the process that will be started, in its environment: there, <c>SharedMemoryManager.Connect()</c>
    /// joins the manager. If the manager has an endpoint for Python, its address and key (in hexadecimal) go along as <c>MULTIPROCESSING_MANAGER_PYTHON</c> and
    /// <c>MULTIPROCESSING_MANAGER_PYTHON_AUTHKEY</c>. Waits until the manager's server listens.
    /// </summary>
    /// <returns>The same object.</returns>
    /// <exception cref="SharedMemoryManagerException">The server did not come up.</exception>
    public static ProcessStartInfo UseManager(this ProcessStartInfo startInfo, SharedMemoryManager manager)
    {
        ArgumentNullException.ThrowIfNull(startInfo);
        ArgumentNullException.ThrowIfNull(manager);
        startInfo.Environment[ManagerAddress.EnvironmentVariable] = manager.Address;
        if (manager.HasPythonEndpoint)
        {
            startInfo.Environment[PythonEndpoint.AddressVariable] = manager.PythonAddress;
            startInfo.Environment[PythonEndpoint.KeyVariable] = Convert.ToHexStringLower(manager.GetPythonAuthKey());
        }

        return startInfo;
    }
}
