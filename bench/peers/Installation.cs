using System.ComponentModel;
using System.Diagnostics;

namespace Multiprocessing.Bench;

/// <summary>Installing the peers, where that is wanted and allowed, and saying which there are.</summary>
internal static class Installation
{
    private const string Extension = "SharedArray==3.2.1";

    private static readonly string[] Packages =
        ["gcc", "libc6-dev", "python3", "python3-dev", "python3-numpy", "python3-pip", "apache2", "apache2-dev", "uwsgi-core", "uwsgi-plugin-python3"];

    /// <summary>Where <see cref="Install"/> puts packages of an interpreter that Debian has not.</summary>
    internal static string PythonPackages(Python python) => Path.Combine(AppContext.BaseDirectory, "python", python.Version);

    /// <summary>Debian's packages by apt-get, if this is root on a Debian, and numpy's extension by pip. What cannot be installed is said, and left out.</summary>
    internal static void Install()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !Succeeds("apt-get", "--version"))
        {
            Console.Error.WriteLine("Nothing is installed: that takes root, and apt-get.");
        }
        else if (!Succeeds("dpkg", ["-s", .. Packages]))
        {
            _ = Succeeds("apt-get", "update", "-q");
            if (!Succeeds("apt-get", ["install", "-y", "-q", "--no-install-recommends", .. Packages]))
            {
                Console.Error.WriteLine("apt-get could not install the peers.");
            }
        }
    }

    /// <summary>The extension SharedArray for an interpreter that has numpy.</summary>
    internal static void InstallExtension(Python python)
    {
        // Without isolation: it is compiled against the numpy that is there.
        string[] pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", PythonPackages(python), Extension];
        if (!Succeeds(python.Path, pip))
        {
            Console.Error.WriteLine($"pip could not install {Extension} for {python.Path}.");
        }
    }

    /// <summary>Who is there, with the version that each says of itself.</summary>
    internal static IEnumerable<(string Peer, string Version)> Versions(IReadOnlyList<Python> pythons)
    {
        for (int i = 0; i < pythons.Count; i++)
        {
            yield return (pythons[i].Name, i == 0 ? "in every row" : "for whole processes, and for numpy if the first has none");
        }

        yield return ("C compiler", FirstLine("cc", "--version"));
        yield return ("C library", FirstLine("ldd", "--version"));
        yield return ("uWSGI", FirstLine("uwsgi", "--version"));
        yield return ("Apache httpd (mod_slotmem_shm)", FirstLine("apache2", "-v"));
    }

    private static string FirstLine(string program, params string[] arguments)
    {
        try
        {
            return Programs.Output(new ProcessStartInfo(program, arguments)).Split('\n')[0].Trim();
        }
        catch (InvalidOperationException)
        {
            return "not installed";
        }
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            _ = output.Result;
            if (process.ExitCode != 0 && arguments[0] is "install" or "-m")
            {
                Console.Error.Write(error);
            }

            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
