// .NET with stock Python workers, which need no package: dotnet run --project examples/PythonWorkers -- [--python PATH]
//
// Both sides work on the same bytes. First on a block and a list that .NET made, then on a block and a list that Python made.
using System.Diagnostics;
using System.Globalization;
using Multiprocessing;

const int Numbers = 100_000;
const int Workers = 4;

SharedMemoryManager.RunIfServer(args);
if (args is not ([] or ["--python", { Length: > 0 }]))
{
    Console.Error.WriteLine("usage: PythonWorkers [--python PATH]");
    return 2;
}

if ((args is [_, string path] ? File.Exists(path) ? path : null : FindOnPath()) is not string python)
{
    Console.Error.WriteLine(args is [_, string missing] ? $"PythonWorkers: there is no {missing}." : "PythonWorkers: there is no python3 on the PATH.");
    return 1;
}

try
{
    Console.WriteLine($"python   {python}");
    string prefix = OnBlocksOfDotnet(python);
    string[] names = OnBlocksOfPython(python);
    int left = OperatingSystem.IsLinux()
        ? SharedMemory.List().Count(block => block.Name.StartsWith(prefix, StringComparison.Ordinal) || names.Contains(block.Name))
        : 0;
    Console.WriteLine($"left in shared memory: {left}");
    return left == 0 ? 0 : 1;
}
catch (Exception e) when (e is IOException or InvalidDataException or System.ComponentModel.Win32Exception or SharedMemoryManagerException)
{
    Console.Error.WriteLine($"PythonWorkers: {e.Message}");
    return 1;
}

// Python attaches by the names on its command line, squares the numbers in place, and puts its sums into the list.
static string OnBlocksOfDotnet(string python)
{
    using var manager = SharedMemoryManager.Start();
    using SharedMemory block = manager.CreateBlock(Numbers * sizeof(double));
    Span<double> numbers = block.AsSpan<double>();
    for (int i = 0; i < numbers.Length; i++)
    {
        numbers[i] = i;
    }

    // Two items for each worker: its sum, and room for the text that says who it was.
    using ShareableList list = manager.CreateList(Enumerable.Range(0, 2 * Workers).Select(i => (object)(i % 2 == 0 ? 0.0 : new string(' ', 30))));
    Console.WriteLine($"block    {block}: the numbers from 0 to {Numbers - 1}");

    Process[] workers = [.. Enumerable.Range(0, Workers).Select(i => Start(python, "square", block.Name, list.Name, $"{i}", $"{Workers}"))];
    Array.ForEach(workers, worker => worker.WaitForExit());
    foreach (Process worker in workers)
    {
        ThrowIfFailed(worker);
        worker.Dispose();
    }

    double total = 0;
    for (int i = 0; i < Workers; i++)
    {
        total += list.GetDouble(2 * i);
        Console.WriteLine(Invariant($"worker   {i + 1}: Python {list.GetString((2 * i) + 1)} squared its part, the sum is {list.GetDouble(2 * i)}"));
    }

    for (int i = 0; i < numbers.Length; i++)
    {
        Check(numbers[i] == (double)i * i, Invariant($"number {i} is {numbers[i]}, not its square"));
    }

    // All of these are whole numbers below 2 to the 53rd: their sums are exact, in whatever order.
    const double Expected = (Numbers - 1.0) * Numbers * ((2.0 * Numbers) - 1) / 6;
    Check(total == Expected, Invariant($"the sum is {total}, not {Expected}"));
    Check(SharedMemory.Exists(block.Name) && SharedMemory.Exists(list.Name), "a Python that ended has taken a block of ours along");
    Console.WriteLine(Invariant($"checked  all {Numbers} squares, their sum {total}, and that the block outlives the Pythons"));
    return $"psm_{manager.Id}_";
}

// The other way round: Python makes, and unlinks when it is sent a line; .NET reads, and changes an item.
static string[] OnBlocksOfPython(string python)
{
    using Process maker = Start(python, "make");
    string[] names;
    try
    {
        names = maker.StandardOutput.ReadLine()?.Split(' ') ?? [];
        Check(names.Length == 2, "the Python that was to make a block and a list wrote no names");
        using SharedMemory block = SharedMemory.Attach(names[0]);
        using ShareableList list = ShareableList.Attach(names[1]);
        Console.WriteLine($"block    {block}, made by Python");
        Console.WriteLine($"list     {list}, made by Python");

        double step = list.GetDouble(2);
        ReadOnlySpan<double> numbers = block.AsReadOnlySpan<double>(0, (int)list.GetInt64(1));
        for (int i = 0; i < numbers.Length; i++)
        {
            Check(numbers[i] == i * step, Invariant($"number {i} of Python is {numbers[i]}, not {i * step}"));
        }

        list[3] = "seen";
        Console.WriteLine($"checked  all {numbers.Length} numbers of Python");
    }
    finally
    {
        // A line or the end of its input: Python unlinks what it made, also when something went wrong here.
        maker.StandardInput.Close();
    }

    Console.WriteLine($"list     {maker.StandardOutput.ReadLine()}, as Python reads it now");
    maker.WaitForExit();
    ThrowIfFailed(maker);
    return names;
}

static Process Start(string python, params IEnumerable<string> arguments)
{
    // What Python complains of goes to this program's standard error.
    var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true };
    foreach (string argument in (IEnumerable<string>)[Path.Combine(AppContext.BaseDirectory, "worker.py"), .. arguments])
    {
        start.ArgumentList.Add(argument);
    }

    return Process.Start(start)!;
}

static string? FindOnPath() =>
    (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "python.exe" : "python3"))
        .FirstOrDefault(File.Exists);

static void ThrowIfFailed(Process process)
{
    Check(process.ExitCode == 0, $"a Python worker ended with exit code {process.ExitCode}");
}

static void Check(bool holds, string otherwise)
{
    if (!holds)
    {
        throw new InvalidDataException($"{otherwise}.");
    }
}

static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
