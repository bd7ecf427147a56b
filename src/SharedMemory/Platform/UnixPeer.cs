using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>What the kernel says of the other end of a Unix domain socket.</summary>
internal static unsafe class UnixPeer
{
    private static readonly TimeSpan WindowsLook = TimeSpan.FromMilliseconds(100);

    private const int LinuxSolSocket = 1;
    private const int LinuxSoPeerCred = 17;

    /// <summary>Whether the peer runs as the user of this process. A kernel that does not say means no.</summary>
    /// <remarks>On Windows, which does not say, the folder of the socket is what keeps other users out.</remarks>
    internal static bool IsSameUser(Socket socket)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        uint user;
        if (OperatingSystem.IsLinux())
        {
            if (Credentials(socket) is not { } peer)
            {
                return false;
            }

            user = peer.User;
        }
        else
        {
            uint group;
            if (LibcProcess.getpeereid((int)socket.Handle, &user, &group) != 0)
            {
                return false;
            }
        }

        return user == LibcProcess.geteuid();
    }

    /// <summary>Whether somebody listens at a socket that is there.</summary>
    internal static bool IsListening(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            // Any other error, such as a full queue, means that somebody is there.
            return e.SocketErrorCode is not (SocketError.ConnectionRefused or SocketError.AddressNotAvailable);
        }
    }

    /// <summary>The process at the other end when it connected; 0 where the kernel does not say.</summary>
    internal static int ProcessIdOf(Socket socket) => OperatingSystem.IsLinux() && Credentials(socket) is { } peer ? peer.ProcessId : 0;

    /// <summary>Whether the peer has hung up, whatever of its words is still unread.</summary>
    internal static bool HasHungUp(Socket socket)
    {
        if (OperatingSystem.IsWindows())
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }

        return Poll(socket, 0);
    }

    /// <summary>Waits, for as long as it takes, until either side has hung up.</summary>
    internal static void WaitForHangUp(Socket socket)
    {
        while (!OperatingSystem.IsWindows() && !Poll(socket, -1))
        {
        }

        while (OperatingSystem.IsWindows() && !HasHungUp(socket))
        {
            Thread.Sleep(WindowsLook);
        }
    }

    /// <summary>Hangs up: the peer, and who waits here, notice at once.</summary>
    internal static void HangUp(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer was quicker.
        }
    }

    private static (int ProcessId, uint User)? Credentials(Socket socket)
    {
        // struct ucred { pid_t pid; uid_t uid; gid_t gid; }
        Span<int> credentials = stackalloc int[3];
        return socket.GetRawSocketOption(LinuxSolSocket, LinuxSoPeerCred, MemoryMarshal.AsBytes(credentials)) < 12
            ? null
            : (credentials[0], (uint)credentials[1]);
    }

    private static bool Poll(Socket socket, int milliseconds)
    {
        try
        {
            var poll = new LibcProcess.PollFd { Fd = (int)socket.Handle };
            return LibcProcess.poll(&poll, 1, milliseconds) > 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
