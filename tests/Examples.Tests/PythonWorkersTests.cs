namespace Multiprocessing.Tests;

/// <summary>examples/PythonWorkers with every Python of the machine.</summary>
public sealed class PythonWorkersTests
{
    [Theory]
    [ClassData(typeof(PythonVersions))]
    public void Every_Python_works_on_ours_and_we_on_its(string version)
    {
        Python python = Python.Get(version);
        Watchdog.Run(() => AssertWorks(python));
    }

    [Fact]
    public void With_numpy_it_works_on_arrays()
    {
        Python python = Python.WithNumpy;
        Watchdog.Run(() => Assert.Contains($"Python {python.Version} with numpy squared", AssertWorks(python), StringComparison.Ordinal));
    }

    [Fact]
    public void It_takes_the_python3_of_the_path() => Watchdog.Run(() =>
    {
        Python python = Python.Any;
        ProcessResult result = Example.Run(start => start.Environment["PATH"] = Path.GetDirectoryName(python.Path), "PythonWorkers");
        Assert.Equal($"python   {python.Path}", Example.Lines(result)[0]);
    });

    [Fact]
    public void No_python3_on_the_path_is_said() => Watchdog.Run(() =>
    {
        using var empty = new TemporaryFolder();
        ProcessResult result = Example.Run(start => start.Environment["PATH"] = empty.Path, "PythonWorkers");
        Assert.Equal(new ProcessResult(1, "", "PythonWorkers: there is no python3 on the PATH."), result);
    });

    [Fact]
    public void A_python_that_is_not_there_is_said() => Watchdog.Run(() =>
        Assert.Equal(
            new ProcessResult(1, "", "PythonWorkers: there is no /nowhere/python3."),
            Example.Run("PythonWorkers", "--python", "/nowhere/python3")));

    [Theory]
    [InlineData("--python")]
    [InlineData("--python", "")]
    [InlineData("python3")]
    [InlineData("--python", "python3", "more")]
    public void Bad_arguments_are_said(params string[] arguments) => Watchdog.Run(() =>
        Assert.Equal(
            new ProcessResult(2, "", "usage: PythonWorkers [--python PATH]"), Example.Run("PythonWorkers", arguments)));

    [Fact]
    public void A_worker_that_fails_is_said_and_leaves_nothing() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        ProcessResult result = Example.Run("PythonWorkers", "--python", "/bin/false");
        Assert.Equal((1, "PythonWorkers: a Python worker ended with exit code 1."), (result.ExitCode, result.Error));
        before.AssertUnchanged();
    });

    private static string AssertWorks(Python python)
    {
        ShmSnapshot before = ShmSnapshot.Take();
        ProcessResult result = Example.Run("PythonWorkers", "--python", python.Path);
        string version = $@"Python {python.Version.ToString().Replace(".", @"\.", StringComparison.Ordinal)}";
        const string Block = @"SharedMemory\('psm_[0-9a-f]{8}', size=8000\)";
        Assert.Collection(
            Example.Lines(result),
            [.. new[]
            {
                $"python   {python.Path}",
                @"block    SharedMemory\('psm_[0-9a-f]{12}_1', size=800000\): the numbers from 0 to 99999",
                $"worker   1: {version}( with numpy)? squared its part, the sum is 5208020837500",
                $"worker   2: {version}( with numpy)? squared its part, the sum is 36457395837500",
                $"worker   3: {version}( with numpy)? squared its part, the sum is 98956770837500",
                $"worker   4: {version}( with numpy)? squared its part, the sum is 192706145837500",
                "checked  all 100000 squares, their sum 333328333350000, and that the block outlives the Pythons",
                $"block    {Block}, made by Python",
                $@"list     ShareableList\(\['{version}', 1000, 0\.5, True, None, b'\\x01\\x02'\], name='psm_[0-9a-f]{{8}}'\), made by Python",
                "checked  all 1000 numbers of Python",
                $@"list     \['{version}', 1000, 0\.5, 'seen', None, b'\\x01\\x02'\], as Python reads it now",
                "left in shared memory: 0",
            }.Select(pattern => (Action<string>)(line => Assert.Matches($"^{pattern}$", line)))]);
        before.AssertUnchanged();
        return result.Output;
    }
}
