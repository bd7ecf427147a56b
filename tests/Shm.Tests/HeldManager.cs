using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>A manager with three blocks in a child process, which tests kill or stop.</summary>
internal sealed class HeldManager : IDisposable
{
    private readonly ChildProcess _owner = ChildProcess.Start("manager-hold");
    private bool _killed;

    internal HeldManager()
    {
        string[] words = _owner.ReadLine().Split(' ');
        Server = int.Parse(words[0], CultureInfo.InvariantCulture);
        Names = words[2..];
        Id = Names[0].Split('_')[1];
    }

    internal int Owner => _owner.Id;

    internal int Server { get; }

    internal string[] Names { get; }

    internal string Id { get; }

    /// <summary>Sends both a signal.</summary>
    internal void Signal(int signal)
    {
        Signals.Send(Server, signal);
        _owner.Signal(signal);
    }

    /// <summary>Kills both, so that nobody cleans up: the server first, while the owner is stopped and cannot start another.</summary>
    internal void Kill()
    {
        _owner.Signal(Signals.Stop);
        Signals.Send(Server, Signals.Kill);
        _owner.Kill();
        Eventually.True(() => !IsHeld(), "the lease is free");
        _killed = true;
    }

    public void Dispose()
    {
        if (!_killed && !_owner.HasExited)
        {
            _owner.WriteLine("");
            _owner.WaitForExit();
        }

        _owner.Dispose();
    }

    private bool IsHeld() => LeaseFile.Look($".psm_{Id}.lease") is { State: LeaseState.Held };
}
