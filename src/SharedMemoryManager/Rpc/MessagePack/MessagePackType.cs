namespace Multiprocessing;

/// <summary>What a value of MessagePack is, however it is written.</summary>
internal enum MessagePackType
{
    Nil,
    Boolean,

    /// <summary>An integer that a <see cref="long"/> holds.</summary>
    Integer,

    /// <summary>An integer above those.</summary>
    Unsigned,
    Float,
    String,
    Binary,
    Array,
    Map,
}
