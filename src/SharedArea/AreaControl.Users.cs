using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <content>
/// The control words of a file: a block whose name is made of the file's device and inode, made by the first who uses the file and unlinked by the last.
/// </content>
/// <remarks>
/// Made: under a name of the maker's own, and finished, before a hard link gives it the name by which others look for it; so whoever finds it finds it whole,
/// and of several makers one wins. Unlinked: by who leaves and finds nobody alive among the users, under the mutex <c>members</c>, having set
/// <c>retired</c> first; who attached meanwhile sees that, under the same mutex, and makes new ones. If all users are killed, the block stays for the next one.
/// </remarks>
internal sealed unsafe partial class AreaControl
{
    private const string FilePrefix = "psm_area_";

    private int _user = -1;

    private ref uint Retired => ref *(uint*)(Words + RetiredOffset);

    private ref uint Many => ref *(uint*)(Words + ManyOffset);

    /// <summary>Attaches to the control words of a file, or makes them.</summary>
    internal static AreaControl ForFile(string identity, UnixFileMode mode)
    {
        string name = FilePrefix + identity;
        while (true)
        {
            AreaControl? control = null;
            try
            {
                control = new AreaControl(SharedMemory.Attach(name));
                if (control.TryJoin(name))
                {
                    return control;
                }
            }
            catch (FileNotFoundException)
            {
                Make(name, mode);
                continue;
            }
            catch
            {
                control?.Dispose();
                throw;
            }

            control.Dispose();
        }
    }

    /// <summary>Leaves the users; the last one unlinks the block.</summary>
    private void Leave()
    {
        if (_user < 0)
        {
            return;
        }

        using SharedMutex members = SharedMutex.Attach(Block, MembersOffset);
        using SharedMutex.Scope scope = members.Enter();
        Volatile.Write(ref User(_user), 0);
        _user = -1;
        if (Many == 0 && IsUnused())
        {
            Volatile.Write(ref Retired, 1);
            SharedMemory.TryUnlink(Block.Name);
        }
    }

    private static void Make(string name, UnixFileMode mode)
    {
        var options = new SharedMemoryOptions { Mode = mode };
        if (!BlockBackend.Current.CanList)
        {
            // Where blocks have one name only, others may find it unfinished, and wait.
            using var block = SharedMemory.CreateOrAttach(name, ByteSize, options);
            if (block.WasCreated)
            {
                Build(block, 0, 0, AreaSource.File);
            }

            return;
        }

        RemoveUnfinished(name);
        string own = string.Create(CultureInfo.InvariantCulture, $"{name}.{ProcessLease.Current.Id:x16}.{BlockName.RandomHex(2)}");
        using (var block = SharedMemory.Create(ByteSize, own, options))
        {
            try
            {
                Build(block, 0, 0, AreaSource.File);
                BlockBackend.Current.TryLink(BlockName.Parse(own), BlockName.Parse(name));
            }
            finally
            {
                SharedMemory.TryUnlink(own);
            }
        }
    }

    /// <summary>Whether these are the control words of a file whose users are all known and dead, so that <see cref="TryRemoveUnused"/> would remove them.</summary>
    /// <param name="name">The name of the block.</param>
    /// <param name="words">Its first <see cref="ByteSize"/> bytes.</param>
    internal static bool IsUnused(string name, ReadOnlySpan<byte> words)
    {
        if (!name.StartsWith(FilePrefix, StringComparison.Ordinal) || words.Length < ByteSize || StructureHeader.KindOf(words) != Kind
            || MemoryMarshal.Read<uint>(words[SourceOffset..]) != (uint)AreaSource.File || MemoryMarshal.Read<uint>(words[ManyOffset..]) != 0)
        {
            return false;
        }

        foreach (ulong user in MemoryMarshal.Cast<byte, ulong>(words.Slice(UsersOffset, MostUsers * sizeof(ulong))))
        {
            if (user != 0 && !ProcessLease.IsDead(user))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Removes the control words of a file whose users are all dead, as the last of them would have; false if one lives, or somebody is about to join.</summary>
    internal static bool TryRemoveUnused(string name)
    {
        using var control = new AreaControl(SharedMemory.Attach(name));
        using SharedMutex members = SharedMutex.Attach(control.Block, MembersOffset);
        if (!members.TryEnter())
        {
            return false;
        }

        try
        {
            if (control.Source != AreaSource.File || control.Many != 0 || !control.IsUnused() || !control.IsStillNamed(name))
            {
                return false;
            }

            Volatile.Write(ref control.Retired, 1);
            return SharedMemory.TryUnlink(name);
        }
        finally
        {
            members.Exit();
        }
    }

    /// <summary>Removes what makers left who died before they had finished.</summary>
    private static void RemoveUnfinished(string name)
    {
        foreach (string unfinished in BlockBackend.Current.ListNames(name + "."))
        {
            if (IsOfDeadMaker(unfinished))
            {
                SharedMemory.TryUnlink(unfinished);
            }
        }
    }

    /// <summary>Whether a name is that under which a maker who died before he had finished made control words.</summary>
    internal static bool IsOfDeadMaker(string name) =>
        name.StartsWith(FilePrefix, StringComparison.Ordinal)
        && name.Split('.') is [_, string maker, _]
        && ulong.TryParse(maker, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong lease)
        && ProcessLease.IsDead(lease);

    /// <summary>Becomes one of the users; false if the last one has left for good.</summary>
    private bool TryJoin(string name)
    {
        using SharedMutex members = SharedMutex.Attach(Block, MembersOffset);
        using SharedMutex.Scope scope = members.Enter();
        if (Volatile.Read(ref Retired) != 0)
        {
            if (!IsStillNamed(name))
            {
                return false;
            }

            // Its last user died before it had unlinked it; and while this mutex is held, nobody unlinks it.
            Volatile.Write(ref Retired, 0);
        }

        _user = FreePlace();
        if (_user >= 0)
        {
            Volatile.Write(ref User(_user), ProcessLease.Current.Id);
        }
        else
        {
            Volatile.Write(ref Many, 1);
        }

        return true;
    }

    private bool IsStillNamed(string name)
    {
        try
        {
            using var named = SharedMemory.Attach(name);
            return named.Size >= ByteSize && *(ulong*)(named.Start + LockKeyOffset) == _key;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private int FreePlace()
    {
        for (int i = 0; i < MostUsers; i++)
        {
            if (Volatile.Read(ref User(i)) == 0)
            {
                return i;
            }
        }

        for (int i = 0; i < MostUsers; i++)
        {
            if (ProcessLease.IsDead(Volatile.Read(ref User(i))))
            {
                return i;
            }
        }

        return -1;
    }

    private bool IsUnused()
    {
        ulong asked = 0;
        bool isDead = true;
        for (int i = 0; i < MostUsers; i++)
        {
            ulong user = Volatile.Read(ref User(i));
            if (user != asked && user != 0)
            {
                (asked, isDead) = (user, ProcessLease.IsDead(user));
                if (!isDead)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private ref ulong User(int index) => ref *(ulong*)(Words + UsersOffset + (index * sizeof(ulong)));
}
