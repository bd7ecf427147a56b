namespace Multiprocessing.Bench;

/// <summary>A row of the table: somebody dies.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Title">Who, and how.</param>
/// <param name="Right">What is meant by right.</param>
/// <param name="Act">The death, up to the moment after which nothing may be left.</param>
internal sealed record Death(int Number, string Title, string Right, Action<Trial> Act)
{
    private static readonly TimeSpan Stopped = TimeSpan.FromSeconds(4);

    /// <summary>Whether it looks at blocks that must survive.</summary>
    internal bool Survivors { get; init; }

    /// <summary>Whether a stock Python takes part on our side, too.</summary>
    internal bool WithStranger { get; init; }

    internal static IReadOnlyList<Death> All { get; } =
    [
        new(1, "owner ends without shutdown (os._exit, FailFast)", "nothing is left", trial =>
        {
            Peer owner = trial.Owner();
            owner.Tell("die");
            owner.WaitForEnd();
        }),
        new(2, "owner: SIGKILL", "nothing is left", trial => trial.Owner().Kill()),
        new(3, "owner: SIGTERM", "nothing is left", trial =>
        {
            Peer owner = trial.Owner();
            owner.Signal(Proc.Terminate);
            owner.WaitForEnd();
        }),
        new(4, "owner and its whole process group: SIGKILL", "nothing is left", trial =>
        {
            Peer owner = trial.Owner(inSession: true);
            Proc.Send(-owner.Id, Proc.Kill);
            owner.WaitForEnd();
        }),
        new(5, "server: SIGKILL, then the owner shuts down and ends", "nothing is left", trial =>
        {
            Peer owner = trial.Owner();
            Proc.Send(owner.Server, Proc.Kill);
            owner.End();
        }),
        new(6, "server: SIGKILL, the owner goes on", "the blocks stay, another can be made; then nothing is left", trial =>
        {
            Peer owner = trial.Owner();
            Proc.Send(owner.Server, Proc.Kill);
            trial.MustSurvive(owner.Names);
            trial.MakeAnother(owner);
            owner.End();
        })
        { Survivors = true },
        new(7, "owner and server: SIGKILL together, then Reclaim; a new manager", "after the next comer nothing is left", trial =>
        {
            Peer owner = trial.Owner();
            int[] both = [owner.Id, owner.Server];
            if (trial.Round % 2 == 1)
            {
                Array.Reverse(both);
            }

            Proc.Send(both[0], Proc.Kill);
            Proc.Send(both[1], Proc.Kill);
            owner.WaitForEnd();
            trial.WaitUntilGone(owner.Server);
            trial.NextComer();
        }),
        new(8, "client makes a block and exits", "the block stays while the manager lives, then nothing is left", trial =>
        {
            Peer owner = trial.Owner();
            Peer client = trial.Client(owner);
            client.End();
            trial.MustSurvive([.. owner.Names, .. client.Names]);
            owner.End();
        })
        { Survivors = true },
        new(9, "client makes a block: SIGKILL", "the block stays while the manager lives, then nothing is left", trial =>
        {
            Peer owner = trial.Owner();
            Peer client = trial.Client(owner);
            client.Kill();
            trial.MustSurvive([.. owner.Names, .. client.Names]);
            owner.End();
        })
        { Survivors = true },
        new(10, "stock Python attaches a managed block and exits", "the block stays while the manager lives, then nothing is left", trial =>
        {
            Peer owner = trial.Owner();
            trial.Stranger(owner.Names[0]).End();
            trial.MustSurvive(owner.Names);
            owner.End();
        })
        { Survivors = true, WithStranger = true },
        new(11, "stock Python attaches a managed block: SIGKILL", "the block stays while the manager lives, then nothing is left", trial =>
        {
            Peer owner = trial.Owner();
            trial.Stranger(owner.Names[0]).Kill();
            trial.MustSurvive(owner.Names);
            owner.End();
        })
        { Survivors = true, WithStranger = true },
        new(12, "owner unlinks a block by hand, shuts down, goes on", "the other blocks are gone, the server has ended", trial =>
        {
            Peer owner = trial.Owner();
            foreach (string verb in (string[])["unlink", "shutdown"])
            {
                if (owner.Ask(verb) is string error)
                {
                    trial.Wrong.Add($"{verb} failed ({error.Split(':')[0]})");
                }
            }

            trial.NothingMayBeLeft("while the owner goes on: ", alive: owner);
            owner.End();
        }),
        new(13, "owner: SIGSTOP for 4 s, SIGCONT", "the blocks stay, another can be made; then nothing is left", trial =>
        {
            Peer owner = trial.Owner();
            owner.Signal(Proc.Stop);
            trial.MustSurvive(Stopped, owner.Names);
            owner.Signal(Proc.Continue);
            trial.MakeAnother(owner);
            owner.End();
        })
        { Survivors = true },
        new(
            14,
            "block without a manager, its maker: SIGKILL",
            "nothing is left (ours leaves it, by design: a plain block has no owner)",
            trial => trial.Plain().Kill()),
    ];
}
