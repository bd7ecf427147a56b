namespace Multiprocessing.Shm;

/// <summary>A process that has to do with a block.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Command">Its command line; empty if it is not told.</param>
internal sealed record ProcessSight(int Id, string Command);
