using System.CommandLine;

namespace Multiprocessing.Shm;

/// <summary><c>shm rm NAME…</c>: unlinks blocks.</summary>
internal static class RmCommand
{
    private static readonly Argument<string[]> Names = new Argument<string[]>("NAME") { Description = "The names of blocks.", Arity = ArgumentArity.OneOrMore }.Named().CompleteBlocks();
    private static readonly Option<bool> Force = new("--force") { Description = "Also names of a manager that lives, or of which that cannot be told." };

    internal static Command Create()
    {
        var command = new Command("rm", "Unlinks blocks. Who has one mapped keeps it.") { Names, Force };
        command.SetGuardedAction(static result =>
        {
            // All of them are tried, and each that could not be removed is said.
            int exitCode = ExitCode.Done;
            foreach (string name in result.GetRequiredValue(Names))
            {
                exitCode = Math.Max(exitCode, CommandAction.Guard(() => Remove(name, result.GetValue(Force))));
            }

            return exitCode;
        });
        return command;
    }

    private static int Remove(string name, bool force)
    {
        if (name.StartsWith(BlockName.FileScheme, StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{name}' is a file: remove it as files are removed.");
        }

        if (LeaseFile.IsName(name))
        {
            throw new ArgumentException($"'{name}' is a lease: without it a living process is taken for dead. 'shm gc' removes those of the dead.");
        }

        string? claim = ClaimOf(name);
        string? manager = ManagerNames.IdOfBlock(claim ?? name);
        if (!force && manager is string id && LeaseFile.Look(ManagerNames.Lease(id)) is { State: not LeaseState.Free } lease)
        {
            throw new UnauthorizedAccessException(
                $"'{name}' belongs to the manager {id}, which {(lease.State == LeaseState.Held ? "lives" : "may live: its lease may not be looked at")}. It unlinks its blocks itself, at its end; --force unlinks this one now.");
        }

        bool wasThere = claim is null ? SharedMemory.TryUnlink(name) : AdoptedName.Of(ManagerNames.Prefix(manager!), name).Unlink();
        return wasThere ? ExitCode.Done : throw new FileNotFoundException($"There is no block '{name}'.", name);
    }

    /// <summary>The hidden name by which a manager has claimed a block that it did not name; null if none has.</summary>
    private static string? ClaimOf(string name) => !BlockBackend.Current.CanList ? null
        : BlockBackend.Current.ListNames(BlockName.GuardPrefix + BlockName.Prefix).Find(
            hidden => ManagerNames.IdOfBlock(hidden) is string id && AdoptedName.TryParse(ManagerNames.Prefix(id), hidden, out AdoptedName adopted) && adopted.Block.Text == name);
}
