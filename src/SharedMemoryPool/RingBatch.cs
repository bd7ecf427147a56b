namespace Multiprocessing;

/// <summary>What a batch does when it does not fit whole.</summary>
public enum RingBatch
{
    /// <summary>All of it or none (the "bulk" of DPDK's rte_ring).</summary>
    All,

    /// <summary>As many as there is room for, or as are there (its "burst").</summary>
    AsManyAsFit,
}
