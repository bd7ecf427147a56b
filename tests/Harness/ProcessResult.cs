namespace Multiprocessing.Tests;

/// <summary>What a process that has ended left: its exit code (128 + number for a signal) and the lines of its two outputs.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">Standard output, lines joined by '\n', without the last line break.</param>
/// <param name="Error">Standard error, likewise.</param>
public sealed record ProcessResult(int ExitCode, string Output, string Error);
