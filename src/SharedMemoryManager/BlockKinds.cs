namespace Multiprocessing;

/// <summary>The kinds that the manager itself hands out, as <see cref="TrackedBlock.Kind"/> shows them.</summary>
internal static class BlockKinds
{
    internal const string Block = "block";
    internal const string List = "list";
}
