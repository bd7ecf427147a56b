namespace Multiprocessing.Shm;

/// <summary>By what <c>shm top</c> orders blocks.</summary>
internal enum TopSort
{
    /// <summary>The largest first.</summary>
    Size,

    /// <summary>By name.</summary>
    Name,

    /// <summary>The oldest first.</summary>
    Age,

    /// <summary>What most processes have mapped first.</summary>
    Processes,
}
