namespace Multiprocessing.Bench;

/// <summary>A message that says which one it is.</summary>
internal interface INumbered<TSelf>
{
    static abstract TSelf Of(long number);

    /// <summary>Whether all of it is that of this number.</summary>
    bool Is(long number);
}
