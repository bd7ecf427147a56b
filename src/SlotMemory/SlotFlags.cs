namespace Multiprocessing;

/// <summary>How a table behaves, in every process alike. The lower byte is httpd's <c>ap_slotmem_type_t</c>, and is what files carry.</summary>
[Flags]
internal enum SlotFlags : uint
{
    None = 0,
    Persist = 1,
    NotMultiProcessSafe = 2,
    PreGrab = 4,
    ClearInUse = 8,
    OfFiles = 0xff,

    ReleaseDeadWhenFull = 0x100,
    ClearOnGrab = 0x200,
    Known = Persist | PreGrab | ClearInUse | ReleaseDeadWhenFull | ClearOnGrab,
}
