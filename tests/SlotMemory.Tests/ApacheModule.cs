using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>Apache's real mod_slotmem_shm, in a process of its own: a small driver in C (Apache/slotmem_driver.c), compiled here, that loads the module.</summary>
internal sealed class ApacheModule : IDisposable
{
    private const string Module = "/usr/lib/apache2/modules/mod_slotmem_shm.so";
    private const string Headers = "/usr/include/apache2/ap_slotmem.h";

    private static readonly Lazy<string?> Driver = new(Compile);

    private readonly Process _process;
    private readonly string _runtimeFolder;
    private readonly List<string> _created = [];

    /// <summary>Starts the module with this folder as its DefaultRuntimeDir; skips the test where there is none, or no way to compile the driver.</summary>
    internal ApacheModule(string runtimeFolder)
    {
        Peer.Require(File.Exists(Module), $"{Module} (Debian: apache2)");
        Peer.Require(File.Exists(Headers), $"{Headers} (Debian: apache2-dev)");
        Peer.Require(Driver.Value is not null, "C compiler that makes the driver of mod_slotmem_shm (Debian: gcc, libc6-dev)");
        _runtimeFolder = runtimeFolder;
        _process = Process.Start(new ProcessStartInfo(Driver.Value!, [Module, runtimeFolder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        if (_process.StandardOutput.ReadLine() != "ready")
        {
            throw new InvalidOperationException("The driver of mod_slotmem_shm did not start.");
        }
    }

    /// <summary>A call of the module: its APR status, and what else there is to say.</summary>
    internal (int Status, string Words) Call(string command)
    {
        if (command.Split(' ') is ["create", string name, ..])
        {
            _created.Add(name);
        }

        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The driver ended at '{command}'.");
        string[] parts = answer.Split(' ', 2);
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), parts.ElementAtOrDefault(1) ?? "");
    }

    internal void Do(string command) => Assert.Equal((command, 0), (command, Call(command).Status));

    /// <summary>Ends as httpd does: the module writes its persist files and removes its segments.</summary>
    internal void End()
    {
        Assert.Equal("ended", Raw("end"));
        _process.WaitForExit();
    }

    /// <summary>Ends without a file written, as httpd does when it is killed, and removes the segments that such a death leaves.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        foreach (string name in _created)
        {
            SharedMemory.TryUnlink(HttpdSlotMemory.SegmentName(HttpdSlotMemory.FileNameOf(_runtimeFolder, name)));
        }

        _process.Dispose();
    }

    private string? Raw(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine();
    }

    private static string? Compile()
    {
        string output = Path.Combine(Path.GetTempPath(), $"slotmem_driver_{Environment.ProcessId}");
        string source = Path.Combine(AppContext.BaseDirectory, "Apache", "slotmem_driver.c");
        const string Command = "cc -O2 -o \"$1\" \"$2\" -I/usr/include/apache2 $(apr-1-config --cppflags --includes) -rdynamic -Wl,--no-as-needed -laprutil-1 -lapr-1 -ldl";
        using Process compiler = Process.Start(new ProcessStartInfo("sh", ["-c", Command, "sh", output, source]) { RedirectStandardError = true })!;
        compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(output);
        return compiler.ExitCode == 0 ? output : null;
    }
}
