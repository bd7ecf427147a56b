namespace Multiprocessing;

/// <summary>A line of a <see cref="CreatorLog"/>: who made what.</summary>
/// <param name="Kind">What, as it stands there.</param>
/// <param name="Name">By name; of a structure, the name of the block that it lies in.</param>
/// <param name="Inode">Which file it was; 0 if that is not known.</param>
/// <param name="At">Where the maker had it mapped; 0 if it is nothing to map.</param>
/// <param name="Offset">Of a structure, where in its block it lies; -1 of all else.</param>
/// <param name="Id">Of a process, its id.</param>
/// <param name="Start">And when it started.</param>
/// <param name="Creator">Who made it.</param>
internal sealed record CreatorRecord(string Kind, string Name, ulong Inode, long At, long Offset, int Id, long Start, LeakCreator Creator);
