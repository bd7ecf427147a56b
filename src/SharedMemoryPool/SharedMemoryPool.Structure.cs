namespace Multiprocessing;

/// <content>What a manager needs to hand it out.</content>
public sealed partial class SharedMemoryPool : ISharedStructure
{
    string ISharedStructure.Kind => Kind;
}
