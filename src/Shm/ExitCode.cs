namespace Multiprocessing.Shm;

/// <summary>What the program returns. Documented in docs/shm.md.</summary>
internal static class ExitCode
{
    /// <summary>Done, and nothing is amiss.</summary>
    internal const int Done = 0;

    /// <summary>It could not be done: no such block, no permission, no manager, or something was left.</summary>
    internal const int Failed = 1;

    /// <summary>The command line makes no sense.</summary>
    internal const int Usage = 2;

    /// <summary>Done, and what was found wants attention: a warning of the doctor, dead things that a dry run would have removed.</summary>
    internal const int Found = 3;

    /// <summary>Of <c>shm run</c>, as of a shell: the command was found and cannot be run.</summary>
    internal const int NotExecutable = 126;

    /// <summary>Of <c>shm run</c>, as of a shell: there is no such command.</summary>
    internal const int NotFound = 127;

    /// <summary>Of <c>shm run</c>, as of a shell: with the number of the signal that ended the command added.</summary>
    internal const int Signalled = 128;
}
