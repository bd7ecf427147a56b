namespace Multiprocessing.Tests;

/// <summary>A container as a user of the library writes one: a count and a temperature, in a block.</summary>
internal sealed class Sensors : ISharedStructure
{
    private Sensors(SharedMemory block) => Block = block;

    public string Kind => "sensors";

    public string Name => Block.Name;

    public SharedMemory Block { get; }

    internal ref double Temperature => ref Block.GetReference<double>(8);

    public void Unlink() => Block.Unlink();

    public void Dispose() => Block.Dispose();

    internal static Sensors Create(string name, SharedMemoryOptions options) => new(SharedMemory.Create(16, name, options));

    internal static Sensors Attach(string name) => new(SharedMemory.Attach(name));
}
