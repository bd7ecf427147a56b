namespace Multiprocessing;

/// <summary>Who made something.</summary>
/// <param name="What">What: <c>block</c>, <c>mapping</c>, <c>mutex at offset 64</c>, <c>manager</c>, …</param>
/// <param name="ProcessId">The process, which may have ended.</param>
/// <param name="CommandLine">Its command line.</param>
/// <param name="Time">When.</param>
/// <param name="StackTrace">The calls that led to it, the innermost first.</param>
public sealed record LeakCreator(string What, int ProcessId, string CommandLine, DateTimeOffset Time, string StackTrace);
