namespace Multiprocessing;

/// <summary>How a <see cref="LeakCheck"/> looks.</summary>
public sealed record LeakCheckOptions
{
    internal static readonly LeakCheckOptions Default = new();

    /// <summary>What is looked for: all by default.</summary>
    public LeakKinds Watch { get; init; } = LeakKinds.All;

    /// <summary>Whose leaks are reported: those of this process and of what it has started, by default.</summary>
    public LeakScope Scope { get; init; }

    /// <summary>
    /// How long what is left may take to go, 5 s by default: a server that was ended needs milliseconds, and a killed process's blocks go when its manager's server has seen it. Nothing is waited for
    /// where nothing is left.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the maker of each thing is written down, with a stack trace, from now on until this process ends, and in the .NET processes that are started from now on too. Each block that is
    /// made or attached to then costs a stack trace and a write to a file, so it is off by default.
    /// </summary>
    public bool TrackCreators { get; init; }

    /// <summary>
    /// Where the makers are written down: a folder for this user alone, which the runs of all test projects may share. Null, by default, for one in the folder for temporary files. What a run that was
    /// killed has left is found there by the next.
    /// </summary>
    public string? RecordDirectory { get; init; }

    /// <summary>What is to be let pass: a leak for which this is true is not reported. Null, by default, for none.</summary>
    public Func<Leak, bool>? Ignore { get; init; }

    /// <summary>Who is told what is found when nobody asks: what killed runs have left, and the leaks of a check that was disposed without a look. The standard error by default.</summary>
    public Action<string> Log { get; init; } = Console.Error.WriteLine;
}
