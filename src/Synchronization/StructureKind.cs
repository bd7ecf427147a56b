namespace Multiprocessing;

/// <summary>What the header of a structure says that it is.</summary>
/// <param name="Name">At most eight letters.</param>
/// <param name="Version">Of its layout, from 1.</param>
/// <param name="HasMutex">Whether a mutex of the system is in it, which differs between systems.</param>
internal sealed unsafe record StructureKind(string Name, uint Version, bool HasMutex)
{
    private uint Flavour => HasMutex ? MutexBackend.Current.Flavour : 0;

    internal void Publish(byte* start, long size) => StructureHeader.Publish(start, Name, Version, size, Flavour);

    internal long Check(byte* start, long available, string where) => StructureHeader.Check(start, available, Name, Version, where, Flavour);
}
