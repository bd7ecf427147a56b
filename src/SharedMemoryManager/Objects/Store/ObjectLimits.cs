namespace Multiprocessing;

/// <summary>What the objects of one manager may take. The server holds them in its own memory and, a second time, in its journal.</summary>
internal static class ObjectLimits
{
    /// <summary>How many objects there may be.</summary>
    internal const int MostObjects = 10_000;

    /// <summary>How many bytes one of them may have: its keys and values as JSON, and <see cref="ItemBytes"/> for each item. A snapshot of it fits into one message.</summary>
    internal const int MostObjectBytes = 32 * 1024 * 1024;

    /// <summary>How many bytes all of them may have.</summary>
    internal const int MostBytes = 256 * 1024 * 1024;

    /// <summary>What an item counts beside its text.</summary>
    internal const int ItemBytes = 32;
}
