// Counts the words of a text with several processes over one shared block: dotnet run --project examples/WordCount -- [FILE] [WORKERS] [TOP]
//
// The text lies once in shared memory. Each worker reads its part of it in place, makes a block of its own with what it has counted, and says
// in a list which it was given where that block is. What the workers make belongs to the manager too, so nothing is left whoever dies.
using System.Diagnostics;
using System.Globalization;
using Multiprocessing;
using WordCount;

SharedMemoryManager.RunIfServer(args);
if (args is [Worker.Argument, string textName, string bytes, string resultName, string index, string count])
{
    return Worker.Run(textName, Number(bytes), resultName, Number(index), Number(count));
}

int workers = Environment.ProcessorCount;
int top = 10;
if (args.Length > 3
    || args.Any(argument => argument.Length == 0 || argument[0] == '-')
    || (args.Length > 1 && !IsNumber(args[1], 1, 256, out workers))
    || (args.Length > 2 && !IsNumber(args[2], 0, int.MaxValue, out top)))
{
    Console.Error.WriteLine("usage: WordCount [FILE] [WORKERS] [TOP]");
    Console.Error.WriteLine("  FILE     a text in UTF-8; without it, the *.md, *.cs and LICENSE files of the checkout that this program lies in");
    Console.Error.WriteLine("  WORKERS  how many processes count, 1 to 256; without it, one for each processor");
    Console.Error.WriteLine("  TOP      how many of the most frequent words to show; without it, 10");
    return 2;
}

try
{
    return Count(args.Length > 0 ? InputText.OfFile(args[0]) : InputText.OfCheckout(), workers, top);
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or SharedMemoryManagerException)
{
    Console.Error.WriteLine($"WordCount: {e.Message}");
    return 1;
}

static int Count(InputText text, int workers, int top)
{
    string prefix;
    using (var manager = SharedMemoryManager.Start())
    {
        prefix = $"psm_{manager.Id}_";
        using SharedMemory shared = manager.CreateBlock(text.BlockSize);
        text.CopyTo(shared.Span);

        ShareableList[] results = [.. Enumerable.Range(0, workers).Select(_ => manager.CreateList(WorkerResult.Empty))];
        Process[] processes =
        [
            .. results.Select((result, i) => Start(manager, Worker.Argument, shared.Name, $"{text.Bytes}", result.Name, $"{i}", $"{workers}")),
        ];

        // All of them are waited for before one may be complained of: none outlives the text that it reads.
        Array.ForEach(processes, process => process.WaitForExit());
        for (int i = 0; i < workers; i++)
        {
            if (processes[i].ExitCode != 0)
            {
                throw new IOException($"Worker {i + 1} ended with exit code {processes[i].ExitCode}.");
            }
        }

        var total = new Dictionary<string, long>();
        long words = 0;
        long lines = 0;
        Console.WriteLine(Invariant($"files     {text.Files.Count}"));
        Console.WriteLine(Invariant($"bytes     {text.FileBytes}"));
        Console.WriteLine(Invariant($"workers   {workers}"));
        for (int i = 0; i < workers; i++)
        {
            var result = WorkerResult.Read(results[i]);
            using SharedMemory counts = SharedMemory.Attach(result.CountsBlock, readOnly: true);
            CountsBlock.AddTo(total, counts.ReadOnlySpan);
            words += result.Words;
            lines += result.Lines;
            Console.WriteLine(Invariant(
                $"worker    {i + 1}: bytes {result.Start} to {result.End}, {result.Words} words, its counts are in {counts.Name} of {counts.Size} bytes"));
        }

        Console.WriteLine(Invariant($"lines     {lines}"));
        Console.WriteLine(Invariant($"words     {words}"));
        Console.WriteLine(Invariant($"distinct  {total.Count}"));
        foreach ((string word, long times) in total.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(top))
        {
            Console.WriteLine(Invariant($"{times,8}  {word}"));
        }

        Array.ForEach(results, result => result.Dispose());
        Array.ForEach(processes, process => process.Dispose());
    }

    int left = OperatingSystem.IsLinux() ? SharedMemory.List().Count(block => block.Name.StartsWith(prefix, StringComparison.Ordinal)) : 0;
    Console.WriteLine(Invariant($"left in shared memory: {left}"));
    return left == 0 ? 0 : 1;
}

// This program once more, with other arguments and a manager to join.
static Process Start(SharedMemoryManager manager, params IEnumerable<string> arguments)
{
    var start = new ProcessStartInfo(Environment.ProcessPath!);
    if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
    {
        start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
    }

    foreach (string argument in arguments)
    {
        start.ArgumentList.Add(argument);
    }

    return Process.Start(start.UseManager(manager))!;
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

static bool IsNumber(string text, int least, int most, out int number) =>
    int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;

static string Invariant(FormattableString text) => FormattableString.Invariant(text);
