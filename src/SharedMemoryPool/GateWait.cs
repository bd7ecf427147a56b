namespace Multiprocessing;

/// <summary>
/// One wait at a gate: spin a little, then sleep, and look for the dead now and then. Used in a loop that tries between its steps:
/// <c>do { if (Try()) … } while (wait.Next());</c>
/// </summary>
internal unsafe struct GateWait
{
    /// <summary>How often those who wait look for the dead, in milliseconds. Waiting alone is never taken for a death.</summary>
    internal const int CheckInterval = 40;

    /// <summary>How many looks before the first sleep, each with a pause in between: about as long as a sleep and a wake-up take. On one processor there is nobody to spin for.</summary>
    private static readonly int Spins = Environment.ProcessorCount > 1 ? 60 : 0;

    private readonly Gate* _gate;
    private readonly Action _check;
    private readonly int _most;
    private readonly Deadline _deadline;
    private readonly CancellationToken _cancellation;
    private int _spin;
    private bool _isAnnounced;
    private uint _seen;

    /// <summary>A wait.</summary>
    /// <param name="gate">Where.</param>
    /// <param name="check">Looks for the dead; called at most every <see cref="CheckInterval"/>.</param>
    /// <param name="polls">Whether a publisher may not see that somebody sleeps: then each sleep is one of a millisecond.</param>
    /// <param name="timeout">How long.</param>
    /// <param name="cancellation">Ends it.</param>
    internal GateWait(Gate* gate, Action check, bool polls, TimeSpan timeout, CancellationToken cancellation)
    {
        _gate = gate;
        _check = check;
        _most = polls ? 1 : CheckInterval;
        _deadline = Deadline.After(timeout);
        _cancellation = cancellation;
    }

    /// <summary>Whether the last step was a sleep.</summary>
    internal bool HasSlept { get; private set; }

    /// <summary>Waits a step; false when the time is over.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    internal bool Next()
    {
        _cancellation.ThrowIfCancellationRequested();
        HasSlept = false;
        if (_spin < Spins)
        {
            _spin++;
            Thread.SpinWait(10);
            return !_deadline.Passed;
        }

        if (!_isAnnounced)
        {
            if (_deadline.Passed)
            {
                return false;
            }

            _seen = Gate.Announce(_gate);
            _isAnnounced = true;
            return true;
        }

        _isAnnounced = false;

        // Shorter than the backstop, so that who died is found within 100 ms even by a single waiter. The deadline is that of the whole wait: one of its own for each sleep
        // may have passed before the sleep begins, when this thread is not let run for so long, and would end the wait.
        if (!Gate.Sleep(_gate, _seen, _deadline, _most, _cancellation))
        {
            return false;
        }

        _check();
        HasSlept = true;
        return true;
    }
}
