namespace Multiprocessing;

/// <summary>Whose leaks a check reports.</summary>
public enum LeakScope
{
    /// <summary>
    /// What this process and those that it has started left. What is another's is left out where that can be told: of another user, mapped by processes that are not of this tree only, of a manager
    /// or process that lives and is not of this tree. A name that nobody has mapped and that belongs to no manager could be anybody's, and is reported.
    /// </summary>
    OwnProcessTree,

    /// <summary>What anybody left: for a machine or container in which nothing else uses shared memory at the time.</summary>
    Everything,
}
