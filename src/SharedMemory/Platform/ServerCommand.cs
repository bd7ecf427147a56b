namespace Multiprocessing;

/// <summary>A program to run as a server: the full path of its executable, its arguments, and the whole of its environment (<c>NAME=VALUE</c>).</summary>
internal sealed record ServerCommand(string FileName, string[] Arguments, List<string> Environment);
