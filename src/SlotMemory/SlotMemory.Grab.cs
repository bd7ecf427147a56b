using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>Who has which slot: grab, fgrab, release and num_free_slots.</content>
public sealed unsafe partial class SlotMemory
{
    /// <summary>So many answers of "full" rest on one proof, then it is made anew: a release whose process died before its end is found.</summary>
    private const int RefusalsPerProof = 64;

    private const ulong Scatter = 0x9E3779B97F4A7C15;

    /// <summary>The id of this process's lease, once it was needed.</summary>
    private ulong _self;

    /// <summary>The slot that this handle tries first: the one after the last it grabbed, or the last it released. Any value will do.</summary>
    private int _next;

    private int _refusals;

    /// <summary>
    /// How many slots are free (num_free_slots), counted now, at some 0.1 ns a slot. Exact unless somebody grabs or releases meanwhile: then each slot counts
    /// as it was when it was looked at.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public int FreeCount => new ReadOnlySpan<ulong>(Block.Start + _ownersAt, _count).Count(SlotOwner.None);

    /// <summary>Whether a slot is in use.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public bool IsInUse(int index)
    {
        byte* start = Block.Start;
        Locate(start, index);
        return Volatile.Read(ref *Owner(start, index)) != SlotOwner.None;
    }

    /// <summary>Takes a free slot, any one (grab). It is this process's until somebody releases it, or this process dies.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="SlotMemoryFullException">No slot is free.</exception>
    /// <exception cref="NotSupportedException">The table is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public int Grab() => TryGrab(out int index) ? index : throw new SlotMemoryFullException(Name, _count);

    /// <summary>Takes a free slot, any one (grab).</summary>
    /// <param name="index">Its number; -1 if there is none.</param>
    /// <returns>False if no slot was free, which is certain and not a guess.</returns>
    /// <exception cref="NotSupportedException">The table is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGrab(out int index)
    {
        byte* start = WritableStart;
        ulong self = _self;
        int next = _next;
        if (self != 0 && (uint)next < (uint)_count && TryTake(start, next, self))
        {
            index = next;
            return true;
        }

        return TryGrabAnother(start, out index);
    }

    /// <summary>Takes this slot (fgrab).</summary>
    /// <returns>True if it was free and is this process's now; false if it was in use, whoever's, and is as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="NotSupportedException">The table is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public bool Grab(int index)
    {
        byte* start = WritableStart;
        Locate(start, index);
        return TryTake(start, index, Self());
    }

    /// <summary>Makes a slot free, whoever has it (release). What is in it stays.</summary>
    /// <returns>False if it was free already, or somebody else released it at the same time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="NotSupportedException">The table is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public bool Release(int index)
    {
        byte* start = WritableStart;
        Locate(start, index);
        ulong* owner = Owner(start, index);
        ulong seen = Volatile.Read(ref *owner);
        if (seen == SlotOwner.None || Interlocked.CompareExchange(ref *owner, SlotOwner.None, seen) != seen)
        {
            return false;
        }

        TellFreed(start, index);
        _next = index;
        return true;
    }

    /// <summary>The one step that takes a slot. A look first, because a swap that fails costs as much as one that does not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(byte* start, int index, ulong self)
    {
        ulong* owner = Owner(start, index);
        if (Volatile.Read(ref *owner) != SlotOwner.None
            || Interlocked.CompareExchange(ref *owner, self, SlotOwner.None) != SlotOwner.None)
        {
            return false;
        }

        _next = index + 1;
        if (_clearsOnGrab)
        {
            new Span<byte>(Locate(start, index), _slotSize).Clear();
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TellFreed(byte* start, int index)
    {
        _hints.Mark(start, index / SlotHints.GroupSize);
        FullnessWord.End(ref *Fullness(start));
    }

    private static ulong* Fullness(byte* start) => (ulong*)(start + SlotLayout.FullnessAt);

    private ulong Self() => _self != 0 ? _self : _self = ProcessLease.Current.Id;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGrabAnother(byte* start, out int index)
    {
        ulong self = Self();
        if (TryGrabOnce(start, self, out index))
        {
            return true;
        }

        if ((_layout.Flags & SlotFlags.ReleaseDeadWhenFull) == 0)
        {
            return false;
        }

        while (ReleaseDead(start) > 0)
        {
            if (TryGrabOnce(start, self, out index))
            {
                return true;
            }
        }

        // Another may have given slots back while this one looked.
        return TryGrabOnce(start, self, out index);
    }

    private bool TryGrabOnce(byte* start, ulong self, out int index)
    {
        if (FullnessWord.IsFull(in *Fullness(start)) && ++_refusals % RefusalsPerProof != 0)
        {
            index = -1;
            return false;
        }

        return TryGrabByHints(start, self, out index) || TryGrabByProof(start, self, out index);
    }

    private bool TryGrabByHints(byte* start, ulong self, out int index)
    {
        int groups = (_count + SlotHints.GroupSize - 1) / SlotHints.GroupSize;
        int preferred = 0;
        ulong scattered = self;
        while (true)
        {
            int group = _hints.Find(start, preferred);
            if ((uint)group >= (uint)groups)
            {
                index = -1;
                return false;
            }

            index = FirstFree(start, group);
            if (index < 0)
            {
                _hints.Clear(start, group);
                if (FirstFree(start, group) >= 0)
                {
                    _hints.Mark(start, group);
                }

                continue;
            }

            if (TryTake(start, index, self))
            {
                return true;
            }

            // Somebody was quicker: away from where all are.
            scattered *= Scatter;
            preferred = (int)((scattered >> 32) % (ulong)groups);
        }
    }

    private int FirstFree(byte* start, int group)
    {
        int first = group * SlotHints.GroupSize;
        int found = new ReadOnlySpan<ulong>(Owner(start, first), Math.Min(SlotHints.GroupSize, _count - first)).IndexOf(SlotOwner.None);
        return found < 0 ? -1 : first + found;
    }

    /// <summary>Looks at every owner word, and so either finds what the hints do not know of, or proves that there is nothing.</summary>
    private bool TryGrabByProof(byte* start, ulong self, out int index)
    {
        while (true)
        {
            ulong begun = FullnessWord.Begin(ref *Fullness(start));
            int found = new ReadOnlySpan<ulong>(start + _ownersAt, _count).IndexOf(SlotOwner.None);
            if (found < 0)
            {
                if (FullnessWord.TryConclude(ref *Fullness(start), begun))
                {
                    index = -1;
                    return false;
                }

                continue;
            }

            index = found;
            bool taken = TryTake(start, found, self);

            // Others may be hidden beside it, and nothing is proven any more.
            TellFreed(start, found);
            if (taken)
            {
                return true;
            }
        }
    }
}
