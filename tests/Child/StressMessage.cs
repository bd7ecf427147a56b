using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>What stressed rings carry: who wrote it, which of his it is, and something that a torn one has not.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct StressMessage(int Producer, int Number, long Check)
{
    /// <summary>A message whose check fits.</summary>
    public static StressMessage Of(int producer, int number) => new(producer, number, Mix(producer, number));

    /// <summary>Whether it is as it was written.</summary>
    public bool IsWhole => Check == Mix(Producer, Number);

    private static long Mix(int producer, int number) => unchecked((((long)producer << 32) | (uint)number) * 0x1E3779B97F4A7C15 ^ 0x55);
}
