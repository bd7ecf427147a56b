using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace OpenTelemetryExample;

/// <summary>The smallest exporter: a line for each value of each metric.</summary>
internal sealed class PrintMetrics : BaseExporter<Metric>
{
    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (Metric metric in batch)
        {
            foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
            {
                bool adds = metric.MetricType is MetricType.LongSum or MetricType.LongSumNonMonotonic;
                Console.WriteLine($"metric   {metric.Name} {(adds ? point.GetSumLong() : point.GetGaugeLastValueLong())} {metric.Unit}");
            }
        }

        return ExportResult.Success;
    }
}
