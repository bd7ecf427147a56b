using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>Apache's real mod_slotmem_shm in a small C driver (tests/SlotMemory.Tests/Apache), compiled here, that measures what it is told to.</summary>
internal sealed class SlotmemPeer : Peer
{
    internal const string Title = "mod_slotmem_shm";

    private const string Module = "/usr/lib/apache2/modules/mod_slotmem_shm.so";
    private const string Compile =
        "cc -O2 -o \"$1\" \"$2\" -I/usr/include/apache2 $(apr-1-config --cppflags --includes) -rdynamic -Wl,--no-as-needed -laprutil-1 -lapr-1 -ldl";

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    /// <exception cref="InvalidOperationException">There is no such module, or no compiler or headers for the driver.</exception>
    private SlotmemPeer()
    {
        _folder = Directory.CreateTempSubdirectory("slotmem-peer");
        try
        {
            string driver = Path.Combine(_folder.FullName, "driver");
            Programs.Output(new ProcessStartInfo("sh", ["-c", Compile, "sh", driver, Path.Combine(AppContext.BaseDirectory, "slotmem_driver.c")]));
            _process = Process.Start(new ProcessStartInfo(driver, [Module, _folder.FullName])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            if (_process.StandardOutput.ReadLine() != "ready")
            {
                throw new InvalidOperationException("The driver of mod_slotmem_shm did not start (Debian: apache2).");
            }
        }
        catch (Exception e)
        {
            _folder.Delete(recursive: true);
            throw e as InvalidOperationException
                ?? new InvalidOperationException($"No driver of mod_slotmem_shm (Debian: apache2, apache2-dev, gcc, libc6-dev): {e.Message}", e);
        }
    }

    internal override string Name => Title;

    internal static Peer TryStart() => TryStart(Title, static () => new SlotmemPeer());

    /// <summary>A call of the module; what it says besides the status, which must be 0.</summary>
    internal string Call(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine() ?? "";
        return answer.StartsWith('0') ? answer[1..].Trim() : throw new InvalidOperationException($"mod_slotmem_shm answers '{answer}' to '{command}'.");
    }

    /// <summary>A contestant: nanoseconds a call of what the driver has for "bench WHAT LENGTH CALLS". The loop is in C, so nothing of the pipe is in it.</summary>
    internal override Func<double> Measuring(string what) =>
        () => double.Parse(Call($"bench {what}"), CultureInfo.InvariantCulture);

    public override void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.WriteLine("end");
            _process.StandardInput.Close();
            _process.WaitForExit();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
