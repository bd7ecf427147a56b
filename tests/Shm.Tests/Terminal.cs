using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>A terminal by tmux, with a server of its own, whose screen can be read.</summary>
internal sealed class Terminal : IDisposable
{
    private readonly string _socket = $"shm-tests-{Guid.NewGuid():N}";

    /// <summary>Opens it, so many columns wide, with a shell that has nothing of a user's in it. Skips the test where there is no tmux.</summary>
    internal Terminal(int width, int height = 60)
    {
        Peer.Require(Exists(), "tmux");
        Tmux("-f", "/dev/null", "new-session", "-d", "-x", $"{width}", "-y", $"{height}", "env", "-u", "NO_COLOR", "PS1=$ ", "/bin/sh");
    }

    /// <summary>Types a line.</summary>
    internal void Type(string line) => Tmux("send-keys", line, "Enter");

    /// <summary>Presses keys, by their names in tmux: <c>q</c>, <c>C-c</c>.</summary>
    internal void Press(params string[] keys) => Tmux(["send-keys", .. keys]);

    /// <summary>Gives it another size.</summary>
    internal void Resize(int width, int height) => Tmux("resize-window", "-x", $"{width}", "-y", $"{height}");

    /// <summary>What is on the screen, with the escapes of its colours or without.</summary>
    internal string Screen(bool withEscapes = false) => Tmux(["capture-pane", "-p", .. withEscapes ? (string[])["-e"] : []]);

    public void Dispose() => Tmux("kill-server");

    private static bool Exists() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(static folder => File.Exists(Path.Combine(folder, "tmux")));

    private string Tmux(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("tmux", ["-u", "-L", _socket, .. arguments]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
