namespace Multiprocessing.Shm;

/// <summary>Finds folders of sockets in the folder of temporary files whose managers are gone.</summary>
/// <remarks>A manager has its lease before its folder, and removes the folder before the lease: so a folder without a lease is nobody's.</remarks>
internal static class OrphanInspector
{
    internal static List<OrphanSight> All()
    {
        var found = new List<OrphanSight>();
        foreach (string folder in Folders())
        {
            if (ManagerNames.IdOf(Path.GetFileName(folder)) is not string id || Path.GetFileName(folder) != BlockName.Prefix + id)
            {
                continue;
            }

            // The lease is looked for last: what is listened at meanwhile had it before.
            string socket = ManagerNames.SocketPath(Path.GetDirectoryName(folder)!, id);
            if (FolderOwner.IsOurs(folder) && !(File.Exists(socket) && UnixPeer.IsListening(socket)) && !LeaseFile.Exists(ManagerNames.Lease(id)))
            {
                found.Add(new OrphanSight(folder, id));
            }
        }

        found.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return found;
    }

    private static string[] Folders()
    {
        try
        {
            return Directory.GetDirectories(Path.GetTempPath(), BlockName.Prefix + "*");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
