using System.Security.Cryptography;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// How the two ends of a connection prove to each other that they know the key, before anything else is read (connection.py,
/// <c>deliver_challenge</c> and <c>answer_challenge</c>). The key itself never travels.
/// </summary>
/// <remarks>
/// <code>
/// who asks      #CHALLENGE# + M
/// who answers   until 3.11: HMAC-MD5(key, M), 16 bytes. From 3.12 on: {NAME} + HMAC-NAME(key, M)
/// who asks      #WELCOME#, or #FAILURE# and the end
/// </code>
/// M is 20 random bytes from a Python up to 3.11, and <c>{sha256}</c> with 40 random bytes from a later one. The later form is sent here: an older
/// peer answers it with HMAC-MD5 over the whole of it, as its own CPython successor expects of it.
/// </remarks>
internal static class PythonHandshake
{
    /// <summary>The longest message before both ends are trusted, in bytes; CPython's own.</summary>
    internal const int LongestMessage = 256;

    private const int RandomBytes = 40;
    private const int LegacyChallengeBytes = 20;
    private const int LegacyResponseBytes = 16;

    private static ReadOnlySpan<byte> ChallengeMark => "#CHALLENGE#"u8;

    private static ReadOnlySpan<byte> Welcome => "#WELCOME#"u8;

    private static ReadOnlySpan<byte> Failure => "#FAILURE#"u8;

    private static ReadOnlySpan<byte> Preferred => "{sha256}"u8;

    /// <summary>The part of who was connected to: asks first, and answers then.</summary>
    /// <exception cref="PythonProtocolException">The other end does not know the key, or says something else altogether.</exception>
    internal static void Serve(Stream stream, ReadOnlySpan<byte> key)
    {
        Ask(stream, key);
        Answer(stream, key);
    }

    /// <summary>The part of who connected: answers first, and asks then.</summary>
    /// <inheritdoc cref="Serve" path="/exception"/>
    internal static void Connect(Stream stream, ReadOnlySpan<byte> key)
    {
        Answer(stream, key);
        Ask(stream, key);
    }

    /// <summary>What proves the key to who sent a challenge.</summary>
    /// <exception cref="PythonProtocolException">It asks for a digest that is not known here.</exception>
    internal static byte[] Response(ReadOnlySpan<byte> key, ReadOnlySpan<byte> challenge)
    {
        if (challenge.Length < LegacyChallengeBytes)
        {
            throw new PythonProtocolException("The challenge is too short to be one.");
        }

        if (challenge.Length == LegacyChallengeBytes)
        {
            return Mac("md5", key, challenge);
        }

        string digest = DigestOf(challenge, out _);
        return [.. Encoding.ASCII.GetBytes($"{{{digest}}}"), .. Mac(digest, key, challenge)];
    }

    /// <summary>Whether a response proves the key. MD5 is no loss here: it is taken over our own challenge, and only as a MAC.</summary>
    internal static bool IsProof(ReadOnlySpan<byte> key, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> response)
    {
        ReadOnlySpan<byte> mac = response;
        string digest = response.Length == LegacyResponseBytes ? "md5" : DigestOf(response, out mac);
        return CryptographicOperations.FixedTimeEquals(Mac(digest, key, challenge), mac);
    }

    private static void Ask(Stream stream, ReadOnlySpan<byte> key)
    {
        byte[] challenge = [.. Preferred, .. RandomNumberGenerator.GetBytes(RandomBytes)];
        PythonFrames.Write(stream, [.. ChallengeMark, .. challenge]);
        byte[] response = Receive(stream);
        bool isProof = false;
        try
        {
            isProof = IsProof(key, challenge, response);
        }
        finally
        {
            PythonFrames.Write(stream, isProof ? Welcome : Failure);
        }

        if (!isProof)
        {
            throw new PythonProtocolException("The other end has another key.");
        }
    }

    private static void Answer(Stream stream, ReadOnlySpan<byte> key)
    {
        byte[] challenge = Receive(stream);
        if (!challenge.AsSpan().StartsWith(ChallengeMark))
        {
            throw new PythonProtocolException("The other end does not begin with a challenge.");
        }

        PythonFrames.Write(stream, Response(key, challenge.AsSpan(ChallengeMark.Length)));
        if (!Receive(stream).AsSpan().SequenceEqual(Welcome))
        {
            throw new PythonProtocolException("The other end says that this is not its key.");
        }
    }

    private static byte[] Receive(Stream stream) => PythonFrames.Read(stream, LongestMessage) ?? throw new EndOfStreamException();

    /// <summary>The digest that a message names in braces, and what follows.</summary>
    private static string DigestOf(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> rest)
    {
        int end = message.IndexOf((byte)'}');
        string name = end > 0 && message[0] == '{' ? Encoding.ASCII.GetString(message[1..end]) : "";
        rest = message[(end + 1)..];
        return name is "md5" or "sha256" or "sha384" or "sha3_256" or "sha3_384"
            ? name
            : throw new PythonProtocolException("A challenge or response in a digest that is not known here.");
    }

    private static byte[] Mac(string digest, ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        try
        {
            return digest switch
            {
#pragma warning disable CA5351 // Not ours to choose: it is what Python up to 3.11 speaks.
                "md5" => HMACMD5.HashData(key, message),
#pragma warning restore CA5351
                "sha256" => HMACSHA256.HashData(key, message),
                "sha384" => HMACSHA384.HashData(key, message),
                "sha3_256" => HMACSHA3_256.HashData(key, message),
                _ => HMACSHA3_384.HashData(key, message),
            };
        }
        catch (Exception e) when (e is PlatformNotSupportedException or CryptographicException)
        {
            throw new PythonProtocolException($"This system has no HMAC with {digest}: {e.Message}");
        }
    }
}
