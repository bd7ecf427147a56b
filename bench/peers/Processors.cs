using System.Runtime.InteropServices;

namespace Multiprocessing.Bench;

/// <summary>Which processors a thread runs on, on Linux: a hand-over between two takes several times as long as one on the same.</summary>
internal static unsafe partial class Processors
{
    /// <summary>Wherever the system puts it.</summary>
    internal const int Any = -1;

    private const int MaskBytes = 128;

    /// <summary>Those that this process may use; none where that cannot be said.</summary>
    internal static IReadOnlyList<int> Allowed()
    {
        byte* mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        var processors = new List<int>();
        if (OperatingSystem.IsLinux() && sched_getaffinity(0, MaskBytes, mask) == 0)
        {
            for (int i = 0; i < MaskBytes * 8; i++)
            {
                if ((mask[i / 8] & (1 << (i % 8))) != 0)
                {
                    processors.Add(i);
                }
            }
        }

        return processors;
    }

    /// <summary>Runs it in a thread of its own on that processor, so that no other thread of this process is moved.</summary>
    internal static T Run<T>(int processor, Func<T> measurement)
    {
        T result = default!;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                Pin(processor);
                result = measurement();
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        return error is null ? result : throw new InvalidOperationException(error.Message, error);
    }

    /// <summary>Keeps the calling thread on that processor.</summary>
    internal static void Pin(int processor)
    {
        if (processor == Any)
        {
            return;
        }

        byte* mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        mask[processor / 8] = (byte)(1 << (processor % 8));
        if (sched_setaffinity(0, MaskBytes, mask) != 0)
        {
            throw new InvalidOperationException($"A thread could not be kept on processor {processor}.");
        }
    }

    [LibraryImport("libc")]
    private static partial int sched_getaffinity(int thread, nint size, byte* mask);

    [LibraryImport("libc")]
    private static partial int sched_setaffinity(int thread, nint size, byte* mask);
}
