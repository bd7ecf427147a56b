using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <summary>A lease as a file that nobody else may open while it is open; the system closes it when its process ends.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsLeaseFile : LeaseFile
{
    private const int MostContent = 4096;
    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private WindowsLeaseFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    internal override string Content
    {
        get
        {
            byte[] bytes = new byte[MostContent];
            return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(_handle, bytes, 0));
        }
    }

    internal override int Descriptor => -1;

    internal static WindowsLeaseFile? Create(string name, string content)
    {
        WindowsLeaseFile? lease = Open(name, FileMode.CreateNew);
        if (lease is not null)
        {
            RandomAccess.Write(lease._handle, Encoding.UTF8.GetBytes(content), 0);
        }

        return lease;
    }

    internal static WindowsLeaseFile? Win(string name) => Open(name, FileMode.Open);

    /// <summary>A held one cannot be opened here, so nothing of it can be read.</summary>
    internal static LeaseLook? LookAt(string name)
    {
        using WindowsLeaseFile? won = Win(name);
        return won is not null ? new LeaseLook(name, LeaseState.Free, won.Content, IsOurs: true)
            : Exists(name) ? new LeaseLook(name, LeaseState.Held, "", IsOurs: true)
            : null;
    }

    internal override bool TryPublish() => true;

    // Deleting goes by name once the handle that keeps others away is closed; nobody can win a file that is empty of holders twice, as the
    // second finds it gone.
    internal override void Remove()
    {
        _handle.Dispose();
        File.Delete(_path);
    }

    public override void Dispose() => _handle.Dispose();

    private static WindowsLeaseFile? Open(string name, FileMode mode)
    {
        string path = Path.Combine(Directory, name);
        try
        {
            return new WindowsLeaseFile(File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.None), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
