using System.CommandLine;
using System.CommandLine.Completions;

namespace Multiprocessing.Shm;

/// <summary>What there is at this moment, for a shell to complete.</summary>
internal static class Names
{
    /// <summary>Completes an argument by the names of blocks. Its <see cref="Argument.HelpName"/> is set, as the names would stand in the help.</summary>
    internal static Argument<T> CompleteBlocks<T>(this Argument<T> argument) => argument.Complete(static () => SharedMemory.List().Select(static block => block.Name));

    /// <summary>Completes an argument by the names of blocks and the ids of managers.</summary>
    internal static Argument<T> CompleteBlocksAndManagers<T>(this Argument<T> argument) =>
        argument.Complete(static () => SharedMemory.List().Select(static block => block.Name).Concat(ManagerNames.Leases().Select(ManagerNames.IdOfLease)));

    private static Argument<T> Complete<T>(this Argument<T> argument, Func<IEnumerable<string>> names)
    {
        argument.HelpName ??= argument.Name;
        argument.CompletionSources.Add(_ => Of(names));
        return argument;
    }

    private static IEnumerable<CompletionItem> Of(Func<IEnumerable<string>> names)
    {
        try
        {
            return [.. names().Order(StringComparer.Ordinal).Select(static name => new CompletionItem(name))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // Nothing to say is better than an error in the middle of a line that is being typed.
            return [];
        }
    }
}
