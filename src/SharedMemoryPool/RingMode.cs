namespace Multiprocessing;

/// <summary>How many may write to a ring and how many may read from it. Chosen at creation; each is an implementation of its own.</summary>
/// <remarks>"One" is one handle (what <c>Create</c> or <c>Attach</c> returned) used by one thread at a time. A second one is refused with an exception while the first lives.</remarks>
public enum RingMode
{
    /// <summary>One producer, one consumer: a Lamport ring, the fastest by far.</summary>
    Spsc = 1,

    /// <summary>Many producers, one consumer.</summary>
    Mpsc = 2,

    /// <summary>Many producers, many consumers.</summary>
    Mpmc = 3,
}
