namespace Multiprocessing;

/// <content>What a manager needs to hand it out.</content>
public sealed partial class SharedRing<T> : ISharedStructure
{
    string ISharedStructure.Kind => Kind;
}
