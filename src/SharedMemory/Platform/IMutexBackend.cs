namespace Multiprocessing;

/// <summary>
/// A mutex of <see cref="ByteSize"/> bytes in shared memory that the death of its holder hands on. One implementation each system.
/// It belongs to the thread that entered it.
/// </summary>
internal unsafe interface IMutexBackend
{
    /// <summary>What a mutex takes in shared memory, alignment included: a cache line, more than any system needs.</summary>
    const int ByteSize = 64;

    /// <summary>Which sort of mutex it is: processes that share one must have the same.</summary>
    uint Flavour { get; }

    /// <summary>Makes a mutex that nobody holds of zeroed bytes.</summary>
    void Initialize(byte* mutex, bool recursive);

    /// <summary>Enters if that can be done at once.</summary>
    MutexEntry TryEnter(byte* mutex);

    /// <summary>Waits for at most so many milliseconds, asleep.</summary>
    MutexEntry Enter(byte* mutex, int milliseconds);

    /// <summary>Leaves; false, and nothing is changed, if the calling thread does not hold it.</summary>
    bool Exit(byte* mutex);

    /// <summary>The system's number of the thread that holds it at this moment; 0 if none does, or where that is not told.</summary>
    int HolderOf(byte* mutex) => 0;
}
