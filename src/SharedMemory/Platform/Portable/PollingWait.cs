namespace Multiprocessing;

/// <summary>For systems that cannot sleep on a word shared between processes: looks again and again, more and more slowly.</summary>
internal sealed unsafe class PollingWait : IWaitBackend
{
    private const int Looks = 40;

    public void Wait(uint* word, uint expected, int milliseconds)
    {
        long end = Environment.TickCount64 + milliseconds;
        var spin = default(SpinWait);
        for (int look = 0; Volatile.Read(ref *word) == expected; look++)
        {
            if (Environment.TickCount64 >= end)
            {
                return;
            }

            if (look < Looks)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
            else
            {
                Thread.Sleep(1);
            }
        }
    }

    /// <remarks>They look by themselves.</remarks>
    public int Wake(uint* word, int count) => 0;
}
