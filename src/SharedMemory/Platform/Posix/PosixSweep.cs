using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <summary>
/// Unlinks all blocks whose names begin with a prefix, and their hidden names: what a manager leaves may be a hundred thousand of them.
/// </summary>
/// <remarks>
/// Names are unlinked as the folder is read, relative to it, and of nothing but the list of what went is anything kept. A folder that is read while names
/// go from it still shows all others (POSIX.1-2008, readdir).
/// </remarks>
internal sealed unsafe class PosixSweep
{
    /// <summary>NAME_MAX of Linux. A name as long as that has no hidden one.</summary>
    private const int MostNameBytes = 255;

    private readonly string _folder;
    private readonly string _prefix;
    private readonly string _adopted;
    private readonly ISet<string> _removed;
    private readonly List<string> _failures;
    private readonly SafeFileHandle _handle;
    private bool _found;

    private PosixSweep(string folder, string prefix, ISet<string> removed, List<string> failures, SafeFileHandle handle)
    {
        _folder = folder;
        _prefix = prefix;
        _adopted = AdoptedName.ClaimPrefix(prefix);
        _removed = removed;
        _failures = failures;
        _handle = handle;
    }

    /// <summary>
    /// Looks again until there is nothing left to unlink: a living guard makes either of a block's names from the other, until both are gone at once.
    /// </summary>
    /// <param name="folder">Where the blocks lie.</param>
    /// <param name="prefix">How their names begin.</param>
    /// <param name="removed">Gets the names of the blocks that were there.</param>
    /// <param name="failures">Gets what is still there, and why.</param>
    internal static void Run(string folder, string prefix, ISet<string> removed, List<string> failures)
    {
        using SafeFileHandle handle = PosixFolder.Open(folder);
        var sweep = new PosixSweep(folder, prefix, removed, failures, handle);

        // Most hidden names go with those that they stand behind; what a later look finds of them stood alone.
        sweep.Look(hiddenToo: false);
        do
        {
            sweep._found = false;
            failures.Clear();
            sweep.Look(hiddenToo: true);
        }
        while (sweep._found);
    }

    private void Look(bool hiddenToo)
    {
        foreach (bool _ in new FileSystemEnumerable<bool>(_folder, Visit, FileListing.HiddenToo)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                (entry.FileName.StartsWith(_prefix, StringComparison.Ordinal) || (hiddenToo && IsHidden(entry.FileName))) && !entry.IsDirectory,
        })
        {
        }
    }

    private bool IsHidden(ReadOnlySpan<char> name) =>
        name.StartsWith(BlockName.GuardPrefix, StringComparison.Ordinal)
        && name[BlockName.GuardPrefix.Length..].StartsWith(_prefix, StringComparison.Ordinal);

    /// <summary>Unlinks a block's name first and the hidden one then, as who means it does.</summary>
    private bool Visit(ref FileSystemEntry entry)
    {
        if (entry.FileName.StartsWith(_adopted, StringComparison.Ordinal))
        {
            return VisitAdopted(entry.FileName.ToString());
        }

        ReadOnlySpan<char> name = IsHidden(entry.FileName) ? entry.FileName[BlockName.GuardPrefix.Length..] : entry.FileName;
        byte* hidden = stackalloc byte[MostNameBytes + 2];
        hidden[0] = (byte)BlockName.GuardPrefix[0];
        int length = Encoding.UTF8.GetBytes(name, new Span<byte>(hidden + 1, MostNameBytes));
        hidden[length + 1] = 0;

        bool went = TryUnlink(hidden + 1);
        went |= length < MostNameBytes && TryUnlink(hidden);
        if (went)
        {
            _found = true;
            _removed.Add(name.ToString());
        }

        return went;
    }

    /// <summary>Unlinks what somebody else made and the manager has adopted: its name is not the sweep's, so it goes with more care.</summary>
    private bool VisitAdopted(string claim)
    {
        AdoptedName.TryParse(_prefix, claim, out AdoptedName adopted);
        try
        {
            if (!adopted.Unlink())
            {
                return false;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _failures.Add($"{adopted.Block}: {e.Message}");
            return false;
        }

        _found = true;
        _removed.Add(adopted.Block.Text);
        return true;
    }

    private bool TryUnlink(byte* name)
    {
        if (Libc.unlinkat((int)_handle.DangerousGetHandle(), name, 0) == 0)
        {
            return true;
        }

        int errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.ENOENT)
        {
            string text = Marshal.PtrToStringUTF8((nint)name)!;
            _failures.Add($"{text}: {PosixError.ToException(errno, text, "unlink").Message}");
        }

        return false;
    }
}
