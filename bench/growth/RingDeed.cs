namespace Multiprocessing.Bench;

/// <summary>Values through a ring: those that were taken out count. Who finds it full or empty sleeps until it is not, as users do.</summary>
internal sealed class RingDeed(string name, bool produces, bool consumes) : Deed
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(10);
    private readonly SharedRing<long> _ring = SharedRing<long>.Attach(name);

    internal override void Once()
    {
        if (produces && consumes)
        {
            Some();
        }
    }

    internal override long Some()
    {
        long taken = 0;
        for (int i = 0; i < 50; i++)
        {
            if (produces && !_ring.TryEnqueue(i, Wait))
            {
                break;
            }

            if (consumes)
            {
                if (!_ring.TryDequeue(out _, Wait))
                {
                    break;
                }

                taken++;
            }
        }

        return taken;
    }

    public override void Dispose() => _ring.Dispose();
}
