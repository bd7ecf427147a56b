using System.Diagnostics;
using System.Globalization;
using OpenTelemetry;

namespace OpenTelemetryExample;

/// <summary>The smallest exporter: a line for each activity.</summary>
internal sealed class PrintTraces : BaseExporter<Activity>
{
    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (Activity activity in batch)
        {
            string took = activity.Duration.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
            Console.WriteLine($"trace    {activity.OperationName}, {activity.Status}, {took} ms, manager {activity.GetTagItem("shared_memory.manager.id")}");
        }

        return ExportResult.Success;
    }
}
