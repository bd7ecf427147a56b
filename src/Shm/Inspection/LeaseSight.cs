namespace Multiprocessing.Shm;

/// <summary>The lease of a process that owns something in shared structures.</summary>
/// <param name="Id">Its id, as it stands in them.</param>
/// <param name="ProcessId">The process, by what it wrote; 0 if that may not be read.</param>
/// <param name="State">Whether it lives.</param>
/// <param name="IsOurs">Whether it belongs to the user of this process.</param>
internal sealed record LeaseSight(ulong Id, int ProcessId, LeaseState State, bool IsOurs);
