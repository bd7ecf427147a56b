using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>A Python interpreter of this machine. Where there is none the test is skipped, see <see cref="Peer"/>.</summary>
public sealed class Python
{
    private static readonly Lazy<IReadOnlyList<Python>> LazyAll = new(Find);
    private static readonly Lazy<Python?> LazyWithNumpy = new(static () => All.FirstOrDefault(static python => python.CanImport("numpy")));
    private static readonly Lazy<Python?> LazyWithMsgpack = new(static () => All.FirstOrDefault(static python => python.CanImport("msgpack")));

    private Python(string path, Version version)
    {
        Path = path;
        Version = version;
    }

    /// <summary>All interpreters of at least 3.8: pyenv's, then the system's; oldest first.</summary>
    public static IReadOnlyList<Python> All => LazyAll.Value;

    /// <summary>The interpreters whose ShareableList has today's format: 3.9 and later.</summary>
    public static IReadOnlyList<Python> WithShareableList => [.. All.Where(static python => python.Version >= new Version(3, 9))];

    /// <summary>The newest interpreter.</summary>
    public static Python Any => Required(All.Count == 0 ? null : All[^1], "Python 3.8 or later");

    /// <summary>The first interpreter that can import numpy.</summary>
    public static Python WithNumpy => Required(LazyWithNumpy.Value, "Python with numpy");

    /// <summary>The first interpreter that can import msgpack.</summary>
    public static Python WithMsgpack => Required(LazyWithMsgpack.Value, "Python with msgpack");

    /// <summary>The path of the executable.</summary>
    public string Path { get; }

    /// <summary>The version: major, minor and build.</summary>
    public Version Version { get; }

    /// <summary>The interpreter of a version such as "3.9".</summary>
    public static Python Get(string version) =>
        Required(All.FirstOrDefault(python => python.Version.ToString(2) == version), $"Python {version}");

    /// <summary>Runs a script to its end (60 s at most) with an empty standard input.</summary>
    /// <exception cref="InvalidOperationException">Its exit code is not 0; the message carries its standard error.</exception>
    public ProcessResult Run(string script, params string[] args)
    {
        ProcessResult result = RunUnchecked(script, args);
        return result.ExitCode == 0
            ? result
            : throw new InvalidOperationException($"{this} ended with exit code {result.ExitCode}.\n{result.Error}\n{result.Output}");
    }

    /// <summary>Like <see cref="Run"/>, but any exit code is a result.</summary>
    public ProcessResult RunUnchecked(string script, params string[] args)
    {
        using ConsoleProcess process = Start(script, args);
        return process.ToEnd();
    }

    /// <summary>Starts a script that the test talks to.</summary>
    public ConsoleProcess Start(string script, params string[] args) => Start(static _ => { }, script, args);

    /// <summary>Starts a script that the test talks to, after <paramref name="configure"/> has seen to its environment, say.</summary>
    public ConsoleProcess Start(Action<ProcessStartInfo> configure, string script, params string[] args)
    {
        var start = new ProcessStartInfo(Path, ["-c", script, .. args]);
        start.Environment["PYTHONUNBUFFERED"] = "1";
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        configure(start);
        return new ConsoleProcess(start, ToString());
    }

    /// <inheritdoc/>
    public override string ToString() => $"Python {Version}";

    private static Python Required(Python? python, string what)
    {
        Peer.Require(python is not null, what);
        return python!;
    }

    private static List<Python> Find()
    {
        string root = Environment.GetEnvironmentVariable("PYENV_ROOT")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv");
        string versions = System.IO.Path.Combine(root, "versions");
        IEnumerable<string> folders = Directory.Exists(versions) ? Directory.EnumerateDirectories(versions) : [];
        return
        [
            .. folders.Order(StringComparer.Ordinal)
                .Select(static folder => System.IO.Path.Combine(folder, "bin", "python3"))
                .Append("/usr/bin/python3")
                .Where(File.Exists)
                .Select(static path => new Python(path, VersionOf(path)))
                .Where(static python => python.Version >= new Version(3, 8))
                .OrderBy(static python => python.Version),
        ];
    }

    private static Version VersionOf(string path)
    {
        const string Script = "import sys; print('.'.join(map(str, sys.version_info[:3])))";
        return Version.Parse(new Python(path, new Version()).Run(Script).Output);
    }

    private bool CanImport(string module) => RunUnchecked($"import {module}").ExitCode == 0;
}
