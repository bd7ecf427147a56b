using System.Runtime.ExceptionServices;

namespace Multiprocessing;

/// <content>Page faults, paid at once and on all processors instead of one by one.</content>
public abstract partial class SharedArray
{
    /// <summary>Below this the faults are not worth the system call.</summary>
    private const long WorthPrefaulting = 1L << 20;

    /// <summary>As much as one processor is given at a time.</summary>
    private const long PrefaultStep = 4L << 20;

    /// <summary>
    /// Maps all pages of the array into this process now. Without it each page is mapped when it is first touched, which for a big new array costs ten
    /// times what filling it does. <c>Fill</c> and <c>CopyFrom</c> of a big array do this by themselves, the first time.
    /// </summary>
    /// <remarks>On systems other than Linux 5.14 and later this does nothing.</remarks>
    /// <exception cref="IOException">A page cannot be had: the array was made with <c>Reserve = false</c>, and the memory is full.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public void Prefault()
    {
        ThrowIfDisposed();
        long size = Size;
        if (size <= PrefaultStep)
        {
            Block.Prefault(_place.ByteOffset, size);
        }
        else
        {
            try
            {
                Parallel.For(0, (size + PrefaultStep - 1) / PrefaultStep, PrefaultPart);
            }
            catch (AggregateException e)
            {
                ExceptionDispatchInfo.Throw(e.InnerException!);
            }
        }

        _isPrefaulted = true;
    }

    private protected void PrefaultOnce()
    {
        if (!_isPrefaulted && Size >= WorthPrefaulting)
        {
            Prefault();
        }
    }

    private void PrefaultPart(long part)
    {
        long offset = part * PrefaultStep;
        Block.Prefault(_place.ByteOffset + offset, Math.Min(PrefaultStep, Size - offset));
    }
}
