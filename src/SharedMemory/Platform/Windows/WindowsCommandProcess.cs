using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing;

/// <summary>A program as a plain child process, which shares the console.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsCommandProcess : CommandProcess
{
    private const int FileNotFound = 2;

    private readonly Process _process;

    internal WindowsCommandProcess(string program, IReadOnlyList<string> arguments, IEnumerable<string> environment)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.Environment.Clear();
        foreach (string[] variable in environment.Select(static variable => variable.Split('=', 2)))
        {
            start.Environment[variable[0]] = variable[1];
        }

        try
        {
            _process = Process.Start(start) ?? throw new IOException($"{program} started no process of its own.");
        }
        catch (Win32Exception e)
        {
            throw e.NativeErrorCode == FileNotFound ? new FileNotFoundException(e.Message, program) : new IOException(e.Message);
        }
    }

    internal override int Id => _process.Id;

    internal override int WaitForExit()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>There are no signals here but those of the console, which it gets itself.</summary>
    internal override void Send(PosixSignal signal)
    {
    }
}
