using System.Buffers;
using Microsoft.Extensions.Options;

namespace Multiprocessing;

/// <summary>Says, before the host starts, what of the options cannot be; and never the token of an address.</summary>
internal sealed class HostingOptionsValidator : IValidateOptions<SharedMemoryManagerHostingOptions>
{
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Permissions = Owners | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    public ValidateOptionsResult Validate(string? name, SharedMemoryManagerHostingOptions options)
    {
        string[] failures = [.. Role(options), .. Times(options), .. Places(options), .. Python(options)];
        return failures.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(failures.Select(failure => $"Shared memory manager{(string.IsNullOrEmpty(name) ? "" : $" '{name}'")}: {failure}"));
    }

    private static IEnumerable<string> Role(SharedMemoryManagerHostingOptions options)
    {
        if (!Enum.IsDefined(options.Role))
        {
            yield return $"{nameof(options.Role)} is {options.Role}, which is none of {string.Join(", ", Enum.GetNames<SharedMemoryManagerRole>())}.";
            yield break;
        }

        if (options.Role == SharedMemoryManagerRole.Owner)
        {
            if (options.Address is not null)
            {
                yield return $"{nameof(options.Address)} is set, but an owner starts its manager itself: set {nameof(options.Role)} to Client or ClientOrOwner to connect.";
            }

            if (options.ReleaseOnDeath)
            {
                yield return $"{nameof(options.ReleaseOnDeath)} is for clients: what an owner's manager hands out always goes with it.";
            }
        }
        else if (options.AddressToUse is not string address)
        {
            if (options.Role == SharedMemoryManagerRole.Client)
            {
                yield return $"{nameof(options.Address)} is not set, and neither is the environment variable {ManagerAddress.EnvironmentVariable}, which UseManager sets: a client needs one of them.";
            }
        }
        else if (!IsAddress(address))
        {
            string where = options.Address is null ? $"The environment variable {ManagerAddress.EnvironmentVariable}" : nameof(options.Address);
            yield return $"{where} holds no address of a manager, which has the form unix:PATH?token=HEX.";
        }
    }

    private static IEnumerable<string> Times(SharedMemoryManagerHostingOptions options)
    {
        if (options.StartTimeout != Timeout.InfiniteTimeSpan && !IsTime(options.StartTimeout))
        {
            yield return $"{nameof(options.StartTimeout)} is {options.StartTimeout}: it must be positive, or -00:00:00.001 for ever.";
        }

        if (!IsTime(options.ShutdownTimeout))
        {
            yield return $"{nameof(options.ShutdownTimeout)} is {options.ShutdownTimeout}: it must be positive, and at most 24 days.";
        }
    }

    private static IEnumerable<string> Places(SharedMemoryManagerHostingOptions options)
    {
        if ((options.BlockMode & Owners) != Owners || (options.BlockMode & ~Permissions) != 0)
        {
            yield return $"{nameof(options.BlockMode)} is '{options.BlockMode}': it must let the owner read and write, and hold permissions only. (By name: UserRead, UserWrite. A number is a decimal one.)";
        }

        if (options.ServerHostPath is string host && !File.Exists(host))
        {
            yield return $"{nameof(options.ServerHostPath)}: there is no file '{host}'.";
        }

        if (options.TemporaryDirectory is string folder && !Directory.Exists(folder))
        {
            yield return $"{nameof(options.TemporaryDirectory)}: there is no folder '{folder}'.";
        }
    }

    private static IEnumerable<string> Python(SharedMemoryManagerHostingOptions options)
    {
        if (!options.PythonEndpoint)
        {
            if ((options.PythonAddress ?? options.PythonAuthKey) is not null)
            {
                yield return $"{nameof(options.PythonAddress)} or {nameof(options.PythonAuthKey)} is set, but {nameof(options.PythonEndpoint)} is not.";
            }

            yield break;
        }

        if (options.Connects)
        {
            yield return $"{nameof(options.PythonEndpoint)} is set, but a client has none: the owner of the manager asks for it.";
        }

        if (!BlockBackend.Current.CanList)
        {
            yield return $"{nameof(options.PythonEndpoint)} is set, but Python's blocks can be taken over on Linux alone.";
        }

        if (options.PythonAddress is string address && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(address))))
        {
            yield return $"{nameof(options.PythonAddress)}: there is no folder for '{address}'.";
        }

        if (options.PythonAuthKey is string key && (key.Length == 0 || key.Length % 2 != 0 || key.AsSpan().ContainsAnyExcept(Hexadecimal)))
        {
            yield return $"{nameof(options.PythonAuthKey)} is no key in hexadecimal: two digits a byte.";
        }
    }

    private static bool IsTime(TimeSpan time) => time > TimeSpan.Zero && time.TotalMilliseconds <= int.MaxValue;

    private static bool IsAddress(string text)
    {
        try
        {
            ManagerAddress.Parse(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
