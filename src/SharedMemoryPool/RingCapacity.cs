using System.Numerics;

namespace Multiprocessing;

internal static class RingCapacity
{
    private const long Most = 1L << 30;

    /// <exception cref="ArgumentOutOfRangeException">It is no power of two from <paramref name="least"/> to 2^30.</exception>
    internal static void Check(long capacity, long least = 2)
    {
        if (capacity < least || capacity > Most || !BitOperations.IsPow2(capacity))
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, $"The capacity of a ring is a power of two from {least} to {Most}.");
        }
    }
}
