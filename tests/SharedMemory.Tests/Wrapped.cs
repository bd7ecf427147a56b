using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>The tests' child under a program that limits it: <c>unshare</c>, <c>prlimit</c>, <c>setpriv</c>, <c>sh</c>.</summary>
internal static class Wrapped
{
    /// <summary>Runs a verb under a wrapper, which ends with what it executes, and returns the lines that the child wrote.</summary>
    internal static string[] Run(string[] wrapper, string verb, params string[] args)
    {
        using ChildProcess child = ChildProcess.Start(start => Wrap(start, wrapper), verb, args);
        child.CloseInput();
        int exitCode = child.WaitForExit();
        Assert.True(exitCode == 0, $"The child ended with exit code {exitCode}: {child.StandardError}");
        return [.. Lines(child)];
    }

    /// <summary>Skips the test when a wrapper does not work here: no such program, or no right to it.</summary>
    internal static void Require(string what, params string[] wrapper)
    {
        bool works;
        try
        {
            using var probe = Process.Start(new ProcessStartInfo(wrapper[0], [.. wrapper[1..], "true"]) { RedirectStandardError = true })!;
            probe.WaitForExit();
            works = probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            works = false;
        }

        Peer.Require(works, what);
    }

    private static void Wrap(ProcessStartInfo start, string[] wrapper)
    {
        start.ArgumentList.Insert(0, start.FileName);
        start.FileName = wrapper[0];
        for (int i = wrapper.Length - 1; i > 0; i--)
        {
            start.ArgumentList.Insert(0, wrapper[i]);
        }
    }

    private static IEnumerable<string> Lines(ChildProcess child)
    {
        while (true)
        {
            string line;
            try
            {
                line = child.ReadLine();
            }
            catch (InvalidOperationException)
            {
                yield break;
            }

            yield return line;
        }
    }
}
