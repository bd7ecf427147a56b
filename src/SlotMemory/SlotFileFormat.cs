namespace Multiprocessing;

/// <summary>The file of a table, as httpd's mod_slotmem_shm writes it on 64-bit machines (modules/slotmem/mod_slotmem_shm.c, store_slotmem, httpd 2.4).</summary>
/// <remarks>
/// <code>
///  offset        size     field
///  0             4        how many slots are free, as the module counts: grabs less releases
///  4             4        0
///  8             size·n   the slots, one after the other
///  8+size·n      n        in-use bytes, 0 or 1
///  8+size·n+n    16       MD5 of all before
///  24+size·n+n   8        slot size     \
///  32+size·n+n   4        slot count n   } descriptor
///  36+size·n+n   4        type          /  ap_slotmem_type_t
/// </code>
/// The module writes in place and does not shorten, so a file may go on behind its descriptor with what an older, longer one had there.
/// </remarks>
internal static class SlotFileFormat
{
    internal const int PrefixSize = 8;
    internal const int DigestSize = 16;
    internal const int DescriptorSize = 16;

    /// <summary>How many bytes the digest is of.</summary>
    internal static long Covered(long slotSize, long slotCount) => PrefixSize + (slotSize * slotCount) + slotCount;

    internal static long FileSize(long slotSize, long slotCount) => Covered(slotSize, slotCount) + DigestSize + DescriptorSize;
}
