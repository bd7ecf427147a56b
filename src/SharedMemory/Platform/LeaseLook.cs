namespace Multiprocessing;

/// <summary>A lease as it was when it was looked at, which changes nothing.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="State">Whether its lock is held.</param>
/// <param name="Content">What its maker wrote into it; empty if it may not be read.</param>
/// <param name="IsOurs">Whether it belongs to the user of this process, who alone may clean up after it.</param>
internal sealed record LeaseLook(string Name, LeaseState State, string Content, bool IsOurs);
