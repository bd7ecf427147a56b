namespace Multiprocessing.Tests;

/// <summary>A fenced block of a page.</summary>
/// <param name="Path">The file, from the root of the repository on.</param>
/// <param name="Line">The line of its first line of code, from 1 on.</param>
/// <param name="Language">What follows the fence: <c>csharp</c>.</param>
/// <param name="Text">The code.</param>
/// <param name="Given">Code that the page takes for granted: what the comment <c>&lt;!-- given: … --&gt;</c> before the fence declares.</param>
/// <param name="Prints">What a comment <c>&lt;!-- prints: … --&gt;</c> says that it prints, with … for anything; null if it says nothing.</param>
/// <param name="NotRun">Why it is not run, though it is the first of its page: what <c>&lt;!-- not run: … --&gt;</c> says; null if it is run.</param>
internal sealed record CodeBlock(string Path, int Line, string Language, string Text, string Given, string? Prints, string? NotRun = null)
{
    /// <summary>Where it stands, as the name of a test.</summary>
    public override string ToString() => $"{Path}:{Line}";
}
