using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary>Lists and arrays, read by their own types from a copy that is this process's alone.</summary>
internal static class ContainerDecoder
{
    private const int MostItems = 100;
    private const int MostElements = 16;
    private const int MostText = 1000;

    internal static void Array(BlockCopy block, BlockBytes bytes, Fields fields)
    {
        if (!KindRecognizer.IsArray(bytes, out ArrayDescription found))
        {
            throw new InvalidDataException("the footer of the array is gone");
        }

        int shown = (int)Math.Min(found.Length, MostElements);
        fields.Add("elementType", found.Type.ToString());
        fields.Add("itemSize", found.Type.ItemSize);
        fields.Add("shape", found.Shape.Select(static size => (object)(long)size).ToList());
        fields.Add("elements", found.Length);
        fields.Add("firstValues", shown == 0 ? "[]" : FirstValues(block.Bytes(0, (long)shown * found.Type.ItemSize), shown, found.Type) + (found.Length > shown ? " …" : ""));
    }

    internal static void List(BlockCopy block, Fields fields)
    {
        using SharedMemory copy = CopyOf(block.Bytes(0, block.Size));
        using var list = ShareableList.Attach(copy.Name, readOnly: true);
        var items = new List<object?>();
        for (int i = 0; i < Math.Min(list.Count, MostItems); i++)
        {
            items.Add(Item(list, i));
        }

        fields.Add("count", list.Count);
        fields.Add("items", items);
        fields.Add("itemsShown", items.Count);
    }

    private static object? Item(ShareableList list, int index)
    {
        try
        {
            return list[index] switch
            {
                string text when text.Length > MostText => text[..MostText] + "…",
                byte[] bytes when bytes.Length > MostText => bytes[..MostText],
                object item => item,
                null => null,
            };
        }
        catch (InvalidDataException e)
        {
            // Somebody changes its type just now, or died doing so.
            return new Fields { { StructureDecoder.Problem, e.Message } };
        }
    }

    private static string FirstValues(ReadOnlySpan<byte> bytes, int count, SharedArrayType type)
    {
        using SharedMemory copy = CopyOf(bytes);
        using var array = SharedArray.Over(copy, [count], type);
        return array.ToString().ReplaceLineEndings(" ");
    }

    private static SharedMemory CopyOf(ReadOnlySpan<byte> bytes)
    {
        var copy = SharedMemory.Create(Math.Max(1, bytes.Length), options: new SharedMemoryOptions { Backing = SharedMemoryBacking.Anonymous });
        bytes.CopyTo(copy.Span);
        return copy;
    }
}
