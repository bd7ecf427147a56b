namespace Multiprocessing;

/// <summary>Saves by interval, until it is disposed. A save that fails is noted, and tried again at the next.</summary>
internal sealed class SlotSaveTimer : IDisposable
{
    private readonly Action _save;
    private readonly TimeSpan _interval;
    private readonly Timer _timer;
    private volatile Exception? _lastFailure;

    internal SlotSaveTimer(TimeSpan interval, Action save)
    {
        _interval = interval;
        _save = save;

        // One at a time: the next is set off when this one is done.
        _timer = new Timer(static self => ((SlotSaveTimer)self!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(interval, Timeout.InfiniteTimeSpan);
    }

    internal Exception? LastFailure => _lastFailure;

    /// <summary>Returns when no save runs any more.</summary>
    public void Dispose()
    {
        using var done = new ManualResetEvent(false);
        if (_timer.Dispose(done))
        {
            done.WaitOne();
        }
    }

    private void Tick()
    {
        try
        {
            _save();
            _lastFailure = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _lastFailure = e;
        }

        try
        {
            _timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // That was the last.
        }
    }
}
