// A worker host whose manager's metrics and traces are printed through the OpenTelemetry SDK. The worker makes and releases blocks, its server is killed once, and the host ends by itself.
// A real application adds an exporter of its own instead of the two printing ones: AddOtlpExporter() of OpenTelemetry.Exporter.OpenTelemetryProtocol, say.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using OpenTelemetryExample;

SharedMemoryManager.RunIfServer(args);

// The providers go last, and print what the end of the host has told.
using TracerProvider traces = Sdk.CreateTracerProviderBuilder()
    .AddSource(SharedMemoryManagerTelemetry.ActivitySourceName)
    .AddProcessor(new SimpleActivityExportProcessor(new PrintTraces()))
    .Build();
using MeterProvider metrics = Sdk.CreateMeterProviderBuilder()
    .AddMeter(SharedMemoryManagerTelemetry.MeterName)
    .AddReader(new BaseExportingMetricReader(new PrintMetrics()))
    .Build();

HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = args });
builder.Services.AddSharedMemoryManager();
builder.Services.AddHealthChecks().AddSharedMemoryManager();
builder.Services.AddSingleton(metrics).AddHostedService<Worker>();
using IHost host = builder.Build();
await host.StartAsync();
await host.WaitForShutdownAsync();

HealthReport after = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
Console.WriteLine($"health   {after.Status} after the end");
