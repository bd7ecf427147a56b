using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>What the bytes of a mutex tell of its holder to somebody who does not touch it (see <see cref="IMutexBackend"/>).</summary>
/// <param name="State">Whether it is held.</param>
/// <param name="ThreadId">The holder's thread; 0 if that is not told.</param>
/// <param name="ProcessId">The holder's process; 0 if there is none that this process can see: it runs elsewhere (another container).</param>
internal sealed record MutexLook(MutexState State, int ThreadId = 0, int ProcessId = 0)
{
    /// <remarks>
    /// The word of a glibc mutex that is PROCESS_SHARED and ROBUST is at 0 on every architecture, and the kernel's (futex(2), robust futexes): bits 0 to 29 the holder's thread, bit 30 its death,
    /// bit 31 somebody waits. The bytes of others are shown as unknown.
    /// </remarks>
    private const uint GlibcFlavour = 1;
    private const uint LeaseFlavour = 3;
    private const uint WindowsFlavour = 4;
    private const uint ThreadMask = 0x3fffffff;
    private const uint Died = 0x40000000;

    /// <summary>The owner that glibc writes (at 8) when a mutex was left inconsistent: nobody can enter it any more.</summary>
    private const int NotRecoverable = 0x7ffffffe;

    /// <summary>Takes the bytes of a mutex, at least 32, as they were copied.</summary>
    internal static MutexLook Of(ReadOnlySpan<byte> mutex, uint flavour)
    {
        uint word = MemoryMarshal.Read<uint>(mutex);
        switch (flavour)
        {
            case GlibcFlavour when MemoryMarshal.Read<int>(mutex[8..]) == NotRecoverable:
                return new MutexLook(MutexState.Broken);
            case GlibcFlavour when (word & ThreadMask) != 0 && (word & Died) == 0:
                return new MutexLook(MutexState.Held, (int)(word & ThreadMask), ProcessOfThread((int)(word & ThreadMask)));
            case GlibcFlavour:
                return new MutexLook((word & Died) != 0 ? MutexState.Abandoned : MutexState.Free);
            case LeaseFlavour when MemoryMarshal.Read<ulong>(mutex) is ulong owner && owner != 0:
                return new MutexLook(ProcessLease.IsDead(owner) ? MutexState.Abandoned : MutexState.Held, 0, ProcessLease.ProcessIdOf(owner));
            case LeaseFlavour:
                return new MutexLook(MutexState.Free);
            case WindowsFlavour when MemoryMarshal.Read<long>(mutex[16..]) is long holder:
                return holder == 0 ? new MutexLook(MutexState.Free) : new MutexLook(MutexState.Held, (int)holder, (int)(holder >> 32));
            default:
                return new MutexLook(MutexState.Unknown);
        }
    }

    private static int ProcessOfThread(int threadId)
    {
        foreach (ReadOnlySpan<char> line in ProcessTable.Read(threadId, "status").AsSpan().EnumerateLines())
        {
            if (line.StartsWith("Tgid:"))
            {
                return int.TryParse(line[5..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0;
            }
        }

        return 0;
    }
}
