using Multiprocessing;

namespace WordCount;

/// <summary>What a worker reports in its list: where its part of the text was, what it counted there, and which block has the counts.</summary>
internal sealed record WorkerResult(long Start, long End, long Words, long Lines, string CountsBlock)
{
    /// <summary>The items before the worker has filled them in. A text keeps the room that it was made with: 30 bytes, the longest name.</summary>
    internal static object[] Empty => [0L, 0L, 0L, 0L, new string(' ', 30)];

    internal static WorkerResult Read(ShareableList list) =>
        new(list.GetInt64(0), list.GetInt64(1), list.GetInt64(2), list.GetInt64(3), list.GetString(4));

    internal void Write(ShareableList list)
    {
        list.SetInt64(0, Start);
        list.SetInt64(1, End);
        list.SetInt64(2, Words);
        list.SetInt64(3, Lines);
        list.SetString(4, CountsBlock);
    }
}
