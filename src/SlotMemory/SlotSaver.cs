using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The right to write the file, which one thread of all processes has at a time. That of a dead process is taken over.</summary>
internal readonly unsafe ref struct SlotSaver
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly ref ulong _word;

    private SlotSaver(ref ulong word) => _word = ref word;

    internal static SlotSaver Enter(ref ulong word, ulong self)
    {
        while (true)
        {
            ulong seen = Volatile.Read(ref word);

            // One's own id is another thread's of this process.
            bool isFree = seen == 0 || (seen != self && ProcessLease.IsDead(seen));
            if (isFree && Interlocked.CompareExchange(ref word, self, seen) == seen)
            {
                return new SlotSaver(ref word);
            }

            Thread.Sleep(Pause);
        }
    }

    public void Dispose() => Volatile.Write(ref Unsafe.AsRef(in _word), 0);
}
