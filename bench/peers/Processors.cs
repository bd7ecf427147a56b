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
        return OperatingSystem.IsLinux() && sched_getaffinity(0, MaskBytes, mask) == 0
            ? [.. new ReadOnlySpan<byte>(mask, MaskBytes).ToArray().SelectMany((bits, i) => Enumerable.Range(0, 8).Where(bit => (bits >> bit & 1) != 0).Select(bit => (i * 8) + bit))]
            : [];
    }

    /// <summary>Runs it in a thread of its own on that processor, so that no other thread of this process is moved.</summary>
    internal static double Run(int processor, Func<double> measurement)
    {
        double result = double.NaN;
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
