namespace Multiprocessing;

/// <content>What a manager needs to hand it out.</content>
public sealed partial class SharedRing : ISharedStructure
{
    string ISharedStructure.Kind => Kind;
}
