using System.Runtime.CompilerServices;

namespace Multiprocessing.Tests;

/// <summary>A block in which those who are killed at a ring say how far they have come, so that what they leave can be told exactly.</summary>
/// <remarks>
/// <code>
///  offset     size  field
///       0        8  the writer that is to hold its next claim, and what it is, until it is killed; -1: none
///       8        8  the same for a reader
///      16        8  how many messages were read, by all
///      64       64  for each incarnation of a writer or reader: written 8, open claim 8, held message 8
///  behind    each·n  for each message of each writer: how often it was delivered (+1), and as a redelivered one (+16)
/// </code>
/// </remarks>
public sealed class RingTally(SharedMemory block, int incarnations, int each)
{
    private const int Line = 64;

    /// <summary>The number of bytes for that many writers and readers.</summary>
    public static long ByteSize(int incarnations, int each) => Line + ((long)incarnations * (Line + each));

    /// <summary>How many messages a writer writes at most.</summary>
    public int Each => each;

    /// <summary>The writer that is to hold its next claim.</summary>
    public ref long HoldingWriter => ref block.GetReference<long>(0);

    /// <summary>The reader that is to hold the next message that it takes.</summary>
    public ref long HoldingReader => ref block.GetReference<long>(8);

    /// <summary>How many messages were read by all.</summary>
    public ref long Read => ref block.GetReference<long>(16);

    /// <summary>How many messages a writer knows that it has committed.</summary>
    public ref long Written(int writer) => ref block.GetReference<long>(At(writer));

    /// <summary>Not 0 while a writer is between claim and commit: the number of the message, and 1.</summary>
    public ref long Open(int writer) => ref block.GetReference<long>(At(writer) + 8);

    /// <summary>Not 0 while a reader is between taking and releasing: the message as <see cref="Id"/>, and 1; negative when it is held on demand, and not noted yet.</summary>
    public ref long Held(int reader) => ref block.GetReference<long>(At(reader) + 16);

    /// <summary>Counts of the messages of a writer.</summary>
    public Span<byte> Counts(int writer) => block.AsSpan<byte>(Line + ((long)incarnations * Line) + ((long)writer * each), each);

    /// <summary>A message as one number.</summary>
    public static long Id(StressMessage message) => ((long)message.Producer << 32) | (uint)message.Number;

    /// <summary>Notes a delivery. Two at once of the same message would be what the test looks for; neighbours are other bytes.</summary>
    public void Note(StressMessage message, bool isRedelivered) => Counts(message.Producer)[message.Number] += (byte)(isRedelivered ? 16 : 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long At(int incarnation) => Line + ((long)incarnation * Line);
}
