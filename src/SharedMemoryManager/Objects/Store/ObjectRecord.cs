namespace Multiprocessing;

/// <summary>What a record of the journal tells. Its number is its first byte.</summary>
internal enum ObjectRecord : byte
{
    /// <summary>A change, as it was asked for: running it again gives the same.</summary>
    Change = 1,

    /// <summary>A client is gone, and his references with him.</summary>
    Leave = 2,

    /// <summary>A whole object, at the start of a journal.</summary>
    Object = 3,

    /// <summary>All there is to a client, at the start of a journal.</summary>
    Client = 4,

    /// <summary>How many objects have been made, at the start of a journal.</summary>
    Made = 5,
}
