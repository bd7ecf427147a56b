namespace Multiprocessing.Bench;

/// <summary>Messages of one size through a ring, from one process to another: those that arrived count.</summary>
internal sealed class MessageDeed(string name, int size, bool sends) : Deed
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(10);
    private readonly SharedRing _ring = SharedRing.Attach(name);
    private readonly byte[] _message = new byte[size];

    internal override void Once()
    {
    }

    internal override long Some()
    {
        for (int i = 0; i < 20; i++)
        {
            if (!(sends ? _ring.TryEnqueue(_message, Wait) : _ring.TryDequeue(_message, out _, Wait)))
            {
                return sends ? 0 : i;
            }
        }

        return sends ? 0 : 20;
    }

    public override void Dispose() => _ring.Dispose();
}
