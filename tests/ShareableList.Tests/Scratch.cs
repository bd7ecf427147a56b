using System.Buffers.Binary;

namespace Multiprocessing.Tests;

/// <summary>Lists and blocks that are unlinked at the end of a test, whatever became of it.</summary>
internal sealed class Scratch : ScratchSpace
{
    public ShareableList List(params object?[] items) => Keep(ShareableList.Create(items, NewName()));

    /// <summary>The same list once more, as another process would see it.</summary>
    public ShareableList Attach(string name, bool readOnly = false) => Keep(ShareableList.Attach(name, readOnly));

    public static byte[] Bytes(ShareableList list) => list.Block.ReadOnlySpan.ToArray();

    public static string Hex(ShareableList list) => Convert.ToHexStringLower(list.Block.ReadOnlySpan);

    public static byte[] FromHex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static long Int64At(ShareableList list, long offset) =>
        BinaryPrimitives.ReadInt64LittleEndian(list.Block.AsReadOnlySpan<byte>(offset, 8));

    public static string FormatAt(ShareableList list, int index)
    {
        long data = Int64At(list, 8 + (8L * list.Count));
        ReadOnlySpan<byte> text = list.Block.AsReadOnlySpan<byte>((8L * (list.Count + 2)) + data + (8L * index), 8);
        return System.Text.Encoding.ASCII.GetString(text.TrimEnd((byte)0));
    }
}
