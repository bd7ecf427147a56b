namespace Multiprocessing;

internal static class DeadCheck
{
    /// <summary>Whether to look for the dead now: one of all who wait at a structure does, every <see cref="GateWait.CheckInterval"/>, however many they are.</summary>
    /// <param name="last">When somebody did last, in the structure. Only to not do it too often: a wrong value makes it rarer or more frequent, never wrong.</param>
    internal static bool IsDue(ref long last)
    {
        long now = Environment.TickCount64;
        long seen = Volatile.Read(ref last);
        return Math.Abs(now - seen) >= GateWait.CheckInterval && Interlocked.CompareExchange(ref last, now, seen) == seen;
    }
}
