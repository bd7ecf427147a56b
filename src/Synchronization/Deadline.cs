namespace Multiprocessing;

/// <summary>The moment at which a wait is over, or never.</summary>
internal readonly struct Deadline
{
    private readonly long _end;

    private Deadline(long end) => _end = end;

    /// <summary>No end.</summary>
    internal static Deadline Never { get; } = new(long.MaxValue);

    /// <summary>Passed already: to try and not to wait.</summary>
    internal static Deadline Now { get; } = new(long.MinValue);

    /// <summary>Whether it has passed.</summary>
    internal bool Passed => Remaining(1) == 0;

    /// <summary>So long from now; <see cref="Timeout.InfiniteTimeSpan"/> is never, and zero has passed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative and not infinite.</exception>
    internal static Deadline After(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return Never;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        double milliseconds = Math.Ceiling(timeout.TotalMilliseconds);
        return milliseconds >= long.MaxValue / 2 ? Never : new Deadline(Environment.TickCount64 + (long)milliseconds);
    }

    /// <summary>How many milliseconds are left, but at most so many.</summary>
    internal int Remaining(int most) => _end == long.MaxValue ? most : _end == long.MinValue ? 0 : (int)Math.Clamp(_end - Environment.TickCount64, 0, most);
}
