namespace Multiprocessing;

/// <summary>
/// A program to run as a server: the full path of its executable, its arguments, the whole of its environment (<c>NAME=VALUE</c>), and
/// a lease that it is to hold as well.
/// </summary>
internal sealed record ServerCommand(string FileName, string[] Arguments, List<string> Environment, LeaseFile? Lease);
