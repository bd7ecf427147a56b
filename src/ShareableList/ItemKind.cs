namespace Multiprocessing;

/// <summary>What an item is. Python's names, because the items are Python's.</summary>
internal enum ItemKind
{
    None,
    Bool,
    Int,
    Float,
    Str,
    Bytes,
}
