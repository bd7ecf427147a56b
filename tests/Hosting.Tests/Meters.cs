using System.Diagnostics.Metrics;

namespace Multiprocessing.Tests;

/// <summary>Listens to the instruments of managers: sums of counters, last values of the others, by name and manager.</summary>
internal sealed class Meters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<(string Name, string? Manager), long> _values = [];
    private readonly HashSet<Instrument> _instruments = [];

    internal Meters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SharedMemoryManagerTelemetry.MeterName)
            {
                lock (_instruments)
                {
                    _instruments.Add(instrument);
                }

                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            (string Name, string? Manager) key = (instrument.Name, tags.IsEmpty ? null : (string?)tags[0].Value);
            Assert.All(tags.ToArray(), static tag => Assert.Equal("shared_memory.manager.id", tag.Key));
            lock (_instruments)
            {
                _values[key] = instrument.IsObservable ? value : _values.GetValueOrDefault(key) + value;
            }
        });
        _listener.Start();
    }

    internal IReadOnlyCollection<Instrument> Instruments
    {
        get
        {
            lock (_instruments)
            {
                return [.. _instruments];
            }
        }
    }

    /// <summary>The value of an instrument, for a manager or for none; null if it has told none.</summary>
    internal long? this[string name, SharedMemoryManager? manager = null]
    {
        get
        {
            lock (_instruments)
            {
                return _values.TryGetValue(($"shared_memory.{name}", manager?.Id), out long value) ? value : null;
            }
        }
    }

    /// <summary>Looks anew at what is observed.</summary>
    internal void Observe()
    {
        lock (_instruments)
        {
            foreach ((string, string?) key in _values.Keys.Where(static key => key.Name is "shared_memory.blocks" or "shared_memory.usage").ToArray())
            {
                _values.Remove(key);
            }
        }

        _listener.RecordObservableInstruments();
    }

    public void Dispose() => _listener.Dispose();
}
