using System.Collections.Concurrent;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// The blocks of a manager that were made under names of their makers': Python's, which makes a block first and then has it tracked. Each has a claim
/// (<see cref="AdoptedName"/>), by which whoever cleans up after the manager finds it, and by which its name is put back if somebody else takes it away.
/// </summary>
/// <remarks>
/// What a death leaves: before the claim a block that is not the manager's, after it one that is. The claims are the truth; what is remembered here adds
/// only who made a block and when.
/// </remarks>
internal sealed class AdoptedBlocks(string prefix)
{
    private readonly ConcurrentDictionary<string, TrackedBlock> _blocks = new(StringComparer.Ordinal);
    private readonly Lock _adoptions = new();
    private bool _ended;

    /// <summary>Finds what an earlier server of the manager had adopted.</summary>
    internal void Load()
    {
        foreach (string claim in BlockBackend.Current.ListNames(AdoptedName.ClaimPrefix(prefix)))
        {
            if (AdoptedName.TryParse(prefix, claim, out AdoptedName adopted))
            {
                Remember(adopted.Block.Text, 0);
            }
        }
    }

    /// <summary>Claims a block. One that is claimed already stays so.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="ownerProcessId">Who made it.</param>
    /// <exception cref="PythonException">It is no block, or not one that this user may give away.</exception>
    internal void Adopt(string name, int ownerProcessId)
    {
        AdoptedName adopted = Parse(name);
        lock (_adoptions)
        {
            if (_ended)
            {
                throw new PythonException("RuntimeError", "the manager has ended");
            }

            // Remembered first: what goes once there is a claim is noticed.
            bool isNew = !_blocks.ContainsKey(name);
            Remember(name, ownerProcessId);
            if (!TryClaim(adopted) && isNew)
            {
                _blocks.TryRemove(name, out _);
                throw PythonException.FileNotFound(name);
            }
        }
    }

    /// <summary>Nothing is adopted any more.</summary>
    internal void End()
    {
        lock (_adoptions)
        {
            _ended = true;
        }
    }

    internal bool Contains(string name) => _blocks.ContainsKey(name);

    /// <inheritdoc cref="Contains(string)"/>
    internal bool Contains(ReadOnlySpan<byte> name) => !_blocks.IsEmpty && _blocks.ContainsKey(Encoding.UTF8.GetString(name));

    /// <summary>What is claimed, in no order.</summary>
    internal IEnumerable<TrackedBlock> List()
    {
        foreach (TrackedBlock block in _blocks.Values)
        {
            // Another process of the manager's may have released it.
            if (BlockBackend.Current.TryLookAt(AdoptedName.Of(prefix, block.Name).Claim, out FileStatus status))
            {
                yield return block with { Size = status.Size };
            }
            else
            {
                _blocks.TryRemove(block.Name, out _);
            }
        }
    }

    /// <summary>Unlinks a block of the manager's by the name that its maker gave it; false if the manager has no claim to it.</summary>
    /// <remarks>Any process of the manager's may do that: the claim says all.</remarks>
    internal bool TryRelease(string name)
    {
        _blocks.TryRemove(name, out _);
        try
        {
            return AdoptedName.Of(prefix, name).Unlink();
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private void Remember(string name, int ownerProcessId) =>
        _blocks.TryAdd(name, new TrackedBlock(name, TrackedBlock.PlainKind, 0, ownerProcessId, DateTimeOffset.UtcNow));

    /// <summary>A manager unlinks what it adopts, so it adopts nothing but what is plainly somebody's block.</summary>
    private AdoptedName Parse(string name)
    {
        try
        {
            AdoptedName adopted = AdoptedName.Of(prefix, name);
            bool isPlain = !name.StartsWith('.') && !name.StartsWith("sem.", StringComparison.Ordinal) && adopted.Block.Guard is null;
            return isPlain
                ? adopted
                : throw new PythonException("ValueError", $"'{name}' is no name of a block that a manager can take over");
        }
        catch (ArgumentException e)
        {
            throw new PythonException("ValueError", e.Message);
        }
    }

    /// <summary>
    /// Links, and looks at what it has linked: the name may have gone to another between a look and a link. False if there was nothing to link, or there is a
    /// claim already.
    /// </summary>
    private static bool TryClaim(AdoptedName adopted)
    {
        IBlockBackend backend = BlockBackend.Current;
        try
        {
            if (!backend.TryLink(adopted.Block, adopted.Claim))
            {
                return backend.Exists(adopted.Claim);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The kernel lets nobody link a file of another user's (fs.protected_hardlinks).
            throw new PythonException("PermissionError", $"[Errno 13] Permission denied: '/{adopted.Block}'");
        }

        if (backend.TryLookAt(adopted.Claim, out FileStatus status) && status.IsOurs)
        {
            return true;
        }

        backend.TryUnlink(adopted.Claim);
        throw new PythonException("PermissionError", $"[Errno 13] not a block of this user's: '/{adopted.Block}'");
    }
}
