using Multiprocessing;

namespace WordCount;

/// <summary>What runs in a worker process: it counts one part of the text.</summary>
internal static class Worker
{
    /// <summary>What makes this program a worker.</summary>
    internal const string Argument = "--worker";

    internal static int Run(string textName, int bytes, string resultName, int index, int workers)
    {
        // Only to read, so that no worker can spoil the text for the others.
        using SharedMemory shared = SharedMemory.Attach(textName, readOnly: true);
        using ShareableList result = ShareableList.Attach(resultName);
        ReadOnlySpan<byte> text = shared.AsReadOnlySpan<byte>(0, bytes);

        int start = TextPart.Edge(text, (int)((long)bytes * index / workers));
        int end = TextPart.Edge(text, (int)((long)bytes * (index + 1) / workers));
        var counter = new WordCounter();
        counter.Add(text[start..end]);

        // The size of what was counted is known only here, so the block for it is made here, and is the manager's all the same.
        using var manager = SharedMemoryManager.Connect();
        using SharedMemory counts = manager.CreateBlock(CountsBlock.SizeOf(counter.Counts));
        CountsBlock.Write(counter.Counts, counts.Span);
        new WorkerResult(start, end, counter.Words, counter.Lines, counts.Name).Write(result);
        return 0;
    }
}
