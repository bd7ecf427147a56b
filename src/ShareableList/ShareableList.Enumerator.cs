using System.Collections;

namespace Multiprocessing;

/// <content>Walking the list.</content>
public sealed partial class ShareableList
{
    /// <summary>Walks the items; each is read when it is come to.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <inheritdoc/>
    IEnumerator<object?> IEnumerable<object?>.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Walks the items of a list.</summary>
    public struct Enumerator : IEnumerator<object?>
    {
        private readonly ShareableList _list;
        private int _index;

        internal Enumerator(ShareableList list)
        {
            _list = list;
            _index = -1;
        }

        /// <summary>The item, as it was when <see cref="MoveNext"/> came to it.</summary>
        public object? Current { get; private set; }

        /// <summary>Reads the next item.</summary>
        /// <returns>False at the end.</returns>
        /// <exception cref="InvalidDataException">It is not a valid item: what was found and where.</exception>
        /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
        public bool MoveNext()
        {
            int next = _index + 1;
            if (next >= _list.Count)
            {
                _index = next - 1;
                Current = null;
                return false;
            }

            Current = _list[next];
            _index = next;
            return true;
        }

        /// <inheritdoc/>
        public void Reset()
        {
            _index = -1;
            Current = null;
        }

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }
    }
}
