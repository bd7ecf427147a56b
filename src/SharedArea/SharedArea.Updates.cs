using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>Counting updates, and waiting for them.</content>
public sealed unsafe partial class SharedArea
{
    /// <summary>
    /// How often the area was updated by anybody: every write, increment, decrement and <see cref="MarkUpdated"/> counts one, and a compare-and-exchange that
    /// has exchanged. It never goes back. For a file it counts from when the first process mapped it as an area.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public long UpdateCount
    {
        get
        {
            ThrowIfDisposed();
            return _control.CountUpdates();
        }
    }

    /// <summary>Counts an update, and wakes who waits for one: after writes through <see cref="Memory"/> or by others who know nothing of this library.</summary>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public void MarkUpdated()
    {
        ThrowIfDisposed();
        CountUpdate();
    }

    /// <summary>Waits until somebody updates the area; not at all if that was done since the count was taken.</summary>
    /// <param name="afterUpdate">The <see cref="UpdateCount"/> that the caller has seen to: taken before he looked at the bytes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public void Wait(long afterUpdate, CancellationToken cancellation = default)
    {
        ThrowIfDisposed();
        _control.WaitFor(afterUpdate, Deadline.Never, cancellation);
    }

    /// <summary>Waits until somebody updates the area, for some time; not at all if that was done since the count was taken.</summary>
    /// <param name="afterUpdate">The <see cref="UpdateCount"/> that the caller has seen to: taken before he looked at the bytes.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the time ran out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <inheritdoc cref="Wait(long, CancellationToken)"/>
    public bool Wait(long afterUpdate, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ThrowIfDisposed();
        return _control.WaitFor(afterUpdate, Deadline.After(timeout), cancellation);
    }

    /// <summary>Waits as <see cref="Wait(long, TimeSpan, CancellationToken)"/> does, on a thread of its own while there is something to wait for.</summary>
    /// <inheritdoc cref="Wait(long, TimeSpan, CancellationToken)"/>
    public Task<bool> WaitAsync(long afterUpdate, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ThrowIfDisposed();
        Deadline deadline = Deadline.After(timeout);
        if (_control.CountUpdates() > afterUpdate)
        {
            return Task.FromResult(true);
        }

        return cancellation.IsCancellationRequested
            ? Task.FromCanceled<bool>(cancellation)
            : Task.Factory.StartNew(
                () => _control.WaitFor(afterUpdate, deadline, cancellation),
                cancellation, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
    }

    /// <summary>Waits as <see cref="Wait(long, CancellationToken)"/> does, on a thread of its own while there is something to wait for.</summary>
    /// <inheritdoc cref="Wait(long, CancellationToken)"/>
    public Task WaitAsync(long afterUpdate, CancellationToken cancellation = default) => WaitAsync(afterUpdate, Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Says in the slot that an update is under way; false, and nothing is said, if somebody is in the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryBegin(ulong* slot, out ulong count)
    {
        count = *slot;
        Volatile.Write(ref *slot, count + 1);
        return Volatile.Read(ref *(uint*)(_words + AreaControl.GateOffset)) == 0 && SharedFence.IsAsymmetric ? true : TryBeginFenced(slot, count);
    }

    /// <summary>The same where locks have been used: one more fence, so that who enters the lock sees the slot, or else is seen.</summary>
    private bool TryBeginFenced(ulong* slot, ulong count)
    {
        if ((Volatile.Read(ref _control.Gate) & AreaControl.Locked) == 0)
        {
            Interlocked.MemoryBarrier();
            if ((Volatile.Read(ref _control.Gate) & AreaControl.Locked) == 0)
            {
                return true;
            }
        }

        Volatile.Write(ref *slot, count);
        return false;
    }

    /// <summary>Counts the update that was under way, and wakes who waits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void End(ulong* slot, ulong count)
    {
        Volatile.Write(ref *slot, count + 2);
        if (!SharedFence.IsAsymmetric)
        {
            Interlocked.MemoryBarrier();
        }

        if ((Volatile.Read(ref *(uint*)(_words + AreaControl.SignalOffset)) & 1) != 0)
        {
            _control.Wake();
        }
    }

    /// <summary>Counts an update that somebody who may has made.</summary>
    private void CountUpdate()
    {
        ulong* slot = Slot();
        if (slot == null)
        {
            _control.CountInBase();
            _control.Wake();
        }
        else
        {
            End(slot, *slot);
        }
    }

    /// <summary>The slot of the calling thread; null if there is none to be had.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong* Slot()
    {
        ThreadSlot? last = ThreadSlot.Last;
        return last is not null && ReferenceEquals(last.Area, this) ? last.Start : ThreadSlot.Find(this, _control).Start;
    }

    /// <summary>
    /// Waits for a moment until nobody is in the lock. False when that is for the lock to wait for, or the calling thread itself is in it.
    /// </summary>
    private bool AwaitGate(ref Backoff backoff)
    {
        if (_control.IsHeld)
        {
            return false;
        }

        while ((Volatile.Read(ref _control.Gate) & AreaControl.Locked) != 0)
        {
            if (!backoff.PauseAwake())
            {
                return false;
            }
        }

        return backoff.PauseAwake();
    }
}
