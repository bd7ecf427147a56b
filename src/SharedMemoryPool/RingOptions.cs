namespace Multiprocessing;

/// <summary>How a ring is created.</summary>
public sealed class RingOptions
{
    internal static RingOptions Default { get; } = new();

    /// <summary>How many may write and read. <see cref="RingMode.Mpmc"/> if nothing is said.</summary>
    public RingMode Mode { get; init; } = RingMode.Mpmc;

    /// <summary>What becomes of messages that a consumer had taken when it died. <see cref="TakenMessages.Redeliver"/> if nothing is said.</summary>
    public TakenMessages OnConsumerDeath { get; init; }

    /// <summary>How the block is created; null for the defaults.</summary>
    public SharedMemoryOptions? Block { get; init; }

    internal void Check(string parameter)
    {
        if (!Enum.IsDefined(Mode) || !Enum.IsDefined(OnConsumerDeath))
        {
            throw new ArgumentException($"There is no mode {Mode}, or nothing like {OnConsumerDeath}.", parameter);
        }
    }
}
