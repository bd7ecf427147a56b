namespace Multiprocessing;

/// <summary>What a footer tells.</summary>
internal readonly record struct ArrayDescription(SharedArrayType Type, nint[] Shape, long Length)
{
    public override string ToString() => $"{Type} {ArrayShape.Text(Shape)}";
}
