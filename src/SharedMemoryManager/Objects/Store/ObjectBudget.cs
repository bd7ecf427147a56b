namespace Multiprocessing;

/// <summary>How much of what it may all objects take.</summary>
internal sealed class ObjectBudget
{
    internal long Bytes { get; set; }
}
