using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// Windows can sleep on a word within one process only (WaitOnAddress). Between processes a named semaphore of the kernel stands for the word: a wake puts as
/// many tokens into it as there are sleepers to wake, a sleeper takes one.
/// </summary>
/// <remarks>A sleeper that times out just then leaves its token, and somebody later wakes once for no reason; that is allowed.</remarks>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsWait : IWaitBackend
{
    private static readonly ConcurrentDictionary<string, Semaphore> Opened = new(StringComparer.Ordinal);

    public void Wait(uint* word, uint expected, int milliseconds)
    {
        Semaphore tokens = Open(word);
        if (Volatile.Read(ref *word) == expected)
        {
            tokens.WaitOne(milliseconds);
        }
    }

    public int Wake(uint* word, int count)
    {
        Open(word).Release(count);

        // Tokens that a dead sleeper may have left unused.
        return 0;
    }

    private static Semaphore Open(uint* word)
    {
        (string block, long offset) = WindowsMapping.Find((nint)word);
        string key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(block)).AsSpan(0, 16));
        return Opened.GetOrAdd($"Local\\psm_wake_{key}_{offset:x}", static name => new Semaphore(0, int.MaxValue, name));
    }
}
