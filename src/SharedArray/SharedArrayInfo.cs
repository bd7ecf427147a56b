namespace Multiprocessing;

/// <summary>An array that exists in the system's shared memory, as <see cref="SharedArray.List"/> finds it.</summary>
/// <param name="Name">The name to attach by.</param>
/// <param name="ElementType">What its elements are.</param>
/// <param name="Shape">How many there are in each dimension; empty for a single element.</param>
public sealed record SharedArrayInfo(string Name, SharedArrayType ElementType, IReadOnlyList<nint> Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {ElementType} {ArrayShape.Text([.. Shape])}";
}
