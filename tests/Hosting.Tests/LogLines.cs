using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Multiprocessing.Tests;

/// <summary>Keeps what the log is told of shared memory managers: <c>LEVEL MESSAGE</c>.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    internal string[] All => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName == "Multiprocessing.SharedMemoryManager" ? _lines : []);

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {formatter(state, exception)}");
    }
}
