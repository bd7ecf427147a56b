using System.Collections;

namespace Multiprocessing.Shm;

/// <summary>What is told of one thing, field by field, in order. A field may hold fields, or a list of those.</summary>
internal sealed class Fields : IEnumerable<Field>
{
    private readonly List<Field> _fields = [];

    /// <summary>Adds a field.</summary>
    /// <param name="name">Its stable name, in camel case.</param>
    /// <param name="value">What <see cref="JsonOutput.WriteValue"/> takes.</param>
    /// <param name="text">What people read; null for the value as it is.</param>
    internal void Add(string name, object? value, string? text = null) => _fields.Add(new Field(name, value, text));

    public IEnumerator<Field> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
