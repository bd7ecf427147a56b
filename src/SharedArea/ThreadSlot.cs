namespace Multiprocessing;

/// <summary>The slot that a thread has in an area. It goes back when the thread has ended, or the area is disposed.</summary>
internal sealed unsafe class ThreadSlot
{
    /// <summary>The one that this thread used last.</summary>
    [ThreadStatic]
    internal static ThreadSlot? Last;

    [ThreadStatic]
    private static ThreadSlot? _first;

    /// <summary>After so many milliseconds a thread that got no slot asks again.</summary>
    private const long Patience = 1000;

    private readonly int _index;
    private readonly long _made = Environment.TickCount64;
    private ThreadSlot? _next;

    private ThreadSlot(SharedArea area, AreaControl control, int index)
    {
        Area = area;
        Control = control;
        _index = index;
        if (index >= 0)
        {
            Start = control.Slot(index);
        }
        else
        {
            GC.SuppressFinalize(this);
        }
    }

    // Nothing but its thread refers to it, so it is found to be garbage when the thread has ended.
    ~ThreadSlot() => Control.ReleaseSlot(_index);

    internal SharedArea Area { get; }

    internal AreaControl Control { get; }

    /// <summary>Its count; null if there was no slot to be had.</summary>
    internal ulong* Start { get; }

    /// <summary>What the larger writes of this thread write into the control words.</summary>
    internal ulong Mark => (ulong)_index + 1;

    /// <summary>The slot of this thread in an area, taken if it has none yet.</summary>
    internal static ThreadSlot Find(SharedArea area, AreaControl control)
    {
        ThreadSlot? previous = null;
        for (ThreadSlot? slot = _first; slot is not null; slot = slot._next)
        {
            if (slot.Area.IsDisposed || (slot.Start == null && Environment.TickCount64 - slot._made > Patience))
            {
                // Of no more use; or without a slot, for which there may be one by now.
                if (previous is null)
                {
                    _first = slot._next;
                }
                else
                {
                    previous._next = slot._next;
                }
            }
            else if (ReferenceEquals(slot.Area, area))
            {
                if (slot.Start != null)
                {
                    Last = slot;
                }

                return slot;
            }
            else
            {
                previous = slot;
            }
        }

        var taken = new ThreadSlot(area, control, control.TakeSlot()) { _next = _first };
        _first = taken;
        if (taken.Start != null)
        {
            Last = taken;
        }

        return taken;
    }
}
