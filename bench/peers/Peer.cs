namespace Multiprocessing.Bench;

/// <summary>Somebody who is measured beside us.</summary>
internal abstract class Peer : IDisposable
{
    /// <summary>What it is called in the table.</summary>
    internal abstract string Name { get; }

    /// <summary>A contestant: what the peer has under this name.</summary>
    internal abstract Func<double> Measuring(string what);

    /// <summary>A contestant, measured by a process that was started for it.</summary>
    internal virtual Func<double> MeasuringAfresh(string what) => Contest.Missing;

    /// <summary>A contestant: the median of so many of what the peer has under this name.</summary>
    internal Func<double> MedianOf(int times, string what)
    {
        Func<double> once = Measuring(what);
        return once == Contest.Missing ? once : () => Series.MedianOf(Enumerable.Range(0, times).Select(_ => once()).ToArray());
    }

    public abstract void Dispose();

    /// <summary>The peer; or one that is not there, and a word about it on standard error, if it does not start.</summary>
    internal static Peer TryStart(string name, Func<Peer> start)
    {
        try
        {
            return start();
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine($"{name}: {e.Message}");
            return new Absent(name);
        }
    }

    /// <summary>One that is not installed.</summary>
    private sealed class Absent(string name) : Peer
    {
        internal override string Name => name;

        internal override Func<double> Measuring(string what) => Contest.Missing;

        public override void Dispose()
        {
        }
    }
}
