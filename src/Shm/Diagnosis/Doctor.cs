using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary>Looks at what shared memory needs of a system, and at what was left there. Changes nothing.</summary>
internal static class Doctor
{
    /// <summary>What Docker and Kubernetes give a container that asks for nothing.</summary>
    private const long ContainerDefault = 64L << 20;

    /// <summary>The kernel's default for vm.max_map_count.</summary>
    private const long UsualMappings = 65530;

    private const long FewLockedBytes = 64 << 10;
    private const UnixFileMode Everybody = (UnixFileMode)0x1ff;
    private const UnixFileMode WriteAndEnter = UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>All checks.</summary>
    internal static List<Check> CheckAll()
    {
        List<Check> checks = [];
        if (SystemLimits.BlockFolder is string folder)
        {
            checks.Add(Room(folder));
            checks.Add(Mode(folder));
        }

        checks.Add(Logout());
        checks.Add(Mappings());
        checks.Add(LockedMemory());
        checks.Add(Barrier());
        checks.Add(SocketPath());
        if (BlockBackend.Current.CanList)
        {
            SystemPicture picture = new Inspector().Look();
            checks.Add(OfTheDead(picture));
            checks.Add(OfOthers(picture));
        }

        return checks;
    }

    private static Check Room(string folder)
    {
        const string Name = "room";
        if (SystemLimits.BlockRoom() is not (long size, long free))
        {
            return new Check(Name, CheckStatus.Fail, $"{folder} is not there", $"Mount a tmpfs at {folder}: mount -t tmpfs -o mode=1777 tmpfs {folder}.");
        }

        string value = $"{folder} has {Texts.Bytes(size)}, {Texts.Bytes(free)} of it free";
        return free < size / 10
            ? new Check(Name, CheckStatus.Warn, value, "It is nearly full: 'shm ls' says of what, 'shm gc' removes what the dead have left.")
            : size <= ContainerDefault
                ? new Check(Name, CheckStatus.Warn, value, "That is a container's default. Give it more: docker run --shm-size=1g; in Kubernetes an emptyDir with medium: Memory there.")
                : new Check(Name, CheckStatus.Ok, value);
    }

    private static Check Mode(string folder)
    {
        UnixFileMode mode = SystemLimits.BlockFolderMode() ?? 0;
        bool isOpen = (mode & WriteAndEnter) == WriteAndEnter;
        string value = $"{folder} has the mode {Texts.Mode(mode)}";
        return mode == (Everybody | UnixFileMode.StickyBit) ? new Check("mode", CheckStatus.Ok, value)
            : isOpen && !mode.HasFlag(UnixFileMode.StickyBit)
                ? new Check("mode", CheckStatus.Warn, value, $"Everybody can unlink everybody's blocks. chmod 1777 {folder}.")
                : new Check("mode", isOpen ? CheckStatus.Ok : CheckStatus.Fail, value, isOpen ? null : $"Not everybody can make blocks. chmod 1777 {folder}.");
    }

    private static Check Logout() => SystemLimits.RemovesAtLogout() switch
    {
        null => new Check("logout", CheckStatus.Ok, "no logind is at work that would unlink a user's blocks"),
        false => new Check("logout", CheckStatus.Ok, "RemoveIPC is off"),
        true when !SystemLimits.IsPersonalUser => new Check("logout", CheckStatus.Ok, "RemoveIPC is on, and spares this user (root, or a service)"),
        true => new Check(
            "logout",
            CheckStatus.Warn,
            "RemoveIPC is on: when this user's last session ends, all of his blocks are unlinked, also those in use",
            "Run services as system users, or switch it off: RemoveIPC=no in /etc/systemd/logind.conf; or loginctl enable-linger USER."),
    };

    private static Check Mappings() => SystemLimits.MostMappings() switch
    {
        null => new Check("mappings", CheckStatus.Ok, "the system names no limit of mappings"),
        long most => new Check(
            "mappings",
            most < UsualMappings ? CheckStatus.Warn : CheckStatus.Ok,
            string.Create(CultureInfo.InvariantCulture, $"a process can have {most} mappings, one a block"),
            most < UsualMappings ? string.Create(CultureInfo.InvariantCulture, $"That is less than usual. sysctl -w vm.max_map_count={UsualMappings}.") : null),
    };

    private static Check LockedMemory() => SystemLimits.MostLockedBytes() switch
    {
        null => new Check("memlock", CheckStatus.Ok, "the system names no limit of locked memory"),
        long.MaxValue => new Check("memlock", CheckStatus.Ok, "memory can be locked without limit"),
        long most => new Check(
            "memlock",
            most < FewLockedBytes ? CheckStatus.Warn : CheckStatus.Ok,
            $"{Texts.Bytes(most)} can be locked (SharedMemory.Lock)",
            most < FewLockedBytes ? "Raise it for programs that lock blocks: ulimit -l, LimitMEMLOCK= of a unit, docker run --ulimit memlock=-1." : null),
    };

    private static Check Barrier() => SharedFence.IsAsymmetric || !HasBarrier
        ? new Check("membarrier", CheckStatus.Ok, HasBarrier ? "membarrier(2) works" : "this system has no membarrier(2), and needs none")
        : new Check("membarrier", CheckStatus.Warn, "membarrier(2) is refused", "Rings, queues and areas are slower. Allow it in the seccomp profile of the container.");

    // Both are Linux alone.
    private static bool HasBarrier => SystemLimits.BlockFolder is not null;

    private static Check SocketPath()
    {
        string path = ManagerNames.SocketPath(Path.GetTempPath(), "0123456789ab");
        int length = System.Text.Encoding.UTF8.GetByteCount(path);
        return length <= SystemLimits.LongestSocketPath
            ? new Check("sockets", CheckStatus.Ok, $"managers listen below {Path.GetTempPath()}")
            : new Check("sockets", CheckStatus.Fail, string.Create(CultureInfo.InvariantCulture, $"the path of a manager's socket has {length} bytes, and {SystemLimits.LongestSocketPath} can be"), "Set TMPDIR to a shorter folder.");
    }

    private static Check OfTheDead(SystemPicture picture)
    {
        List<Finding> found = Cleaner.Find(picture, foreign: false);
        return found.Count == 0
            ? new Check("dead", CheckStatus.Ok, "nothing is left of the dead")
            : new Check(
                "dead",
                CheckStatus.Warn,
                "left of the dead: " + string.Join(", ", found.GroupBy(static finding => finding.Kind).Select(static kind => PictureTable.Count(kind.Count(), Finding.NameOf(kind.Key)))),
                "'shm gc --dry-run' says what and why; 'shm gc' removes it. (The next manager that is started does so, too.)");
    }

    private static Check OfOthers(SystemPicture picture)
    {
        BlockSight[] unused = [.. picture.Blocks.Where(static block => block.ManagerId is null && block.Processes.Count == 0 && (Cleaner.IsForeign(block) || block.Kind == KindRecognizer.PosixSemaphore))];
        string value = string.Create(CultureInfo.InvariantCulture, $"{PictureTable.Count(unused.Length, "block")} of no manager, {Texts.Bytes(unused.Sum(static block => block.Size))}, that no process that can be seen has mapped");
        return unused.Length == 0
            ? new Check("others", CheckStatus.Ok, "no block of others is unused")
            : new Check("others", CheckStatus.Warn, value, "A Python that was killed leaves such ones. If nobody keeps them for later: 'shm gc --foreign', or 'shm rm NAME'.");
    }
}
