namespace Multiprocessing.Tests;

/// <summary>
/// The turn of a test assembly: /dev/shm belongs to the whole machine, so they run one after the other, even if <c>dotnet test</c> has started several.
/// <c>[assembly: AssemblyFixture(typeof(Turn))]</c>, or <see cref="LeakFixture"/>, which has it.
/// </summary>
public sealed class Turn : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    private readonly FileStream _file;

    /// <summary>Waits for it.</summary>
    public Turn()
    {
        FileStream? file = null;
        Eventually.True(() => (file = TryTake()) is not null, "the test assemblies before this one have ended", Limit);
        _file = file!;
    }

    /// <summary>Lets the next have it.</summary>
    public void Dispose() => _file.Dispose();

    private static FileStream? TryTake()
    {
        try
        {
            // FileShare.None is an flock, which the kernel drops when a run is killed. The file itself stays.
            string path = Path.Combine(Path.GetTempPath(), "multiprocessing-tests.lock");
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
