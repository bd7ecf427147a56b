namespace Multiprocessing.Bench;

/// <summary>A message that says which one it is.</summary>
internal interface INumbered<TSelf>
{
    static abstract TSelf Of(long number);

    long Number { get; }
}
