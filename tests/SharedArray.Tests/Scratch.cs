namespace Multiprocessing.Tests;

/// <summary>Arrays, blocks and files that are gone at the end of a test, whatever became of it.</summary>
internal sealed class Scratch : ScratchSpace
{
    internal SharedArray<T> Create<T>(params ReadOnlySpan<nint> shape)
        where T : unmanaged => Keep(SharedArray<T>.Create(NewName(), shape));

    internal SharedArray Create(string type, params ReadOnlySpan<nint> shape) =>
        Keep(SharedArray.Create(NewName(), shape, SharedArrayType.Parse(type)));

    internal SharedArray Attach(string name, bool readOnly = false) => Keep(SharedArray.Attach(name, readOnly));

    /// <summary>All bytes of the elements.</summary>
    internal static byte[] Bytes(SharedArray array) => array.Block.AsReadOnlySpan<byte>(0, (int)array.Size).ToArray();

    /// <summary>A file that the extension wrote.</summary>
    internal static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "golden", name);
}
