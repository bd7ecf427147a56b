using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>A value of many steps, all of whose numbers are the same, unless it was seen in part.</summary>
[StructLayout(LayoutKind.Explicit, Size = Count * sizeof(long))]
internal struct Large
{
    internal const int Count = 500;

    [FieldOffset(0)]
    internal long First;
}
