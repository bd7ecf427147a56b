using System.Buffers.Binary;

namespace Multiprocessing.Tests;

/// <summary>
/// The other end of a session as a stream: one that knows the key, makes a mistake in one of its frames, or cuts one short, and then waits for no answer.
/// </summary>
internal sealed class Impostor : Stream
{
    private readonly byte[] _key;
    private readonly byte[] _request;
    private readonly Random _random;
    private readonly int _mistake;
    private readonly MemoryStream _toRead = new();
    private int _written;
    private int _said;

    internal Impostor(byte[] key, byte[] request, Random random)
    {
        (_key, _request, _random) = (key, request, random);

        // Mostly in the request: all else stands on its own.
        _mistake = random.Next(8) switch { 0 => 0, 1 => 1, 2 => 2, 3 => -1, _ => 3 };
    }

    /// <summary>The last frame that was written here.</summary>
    internal byte[] LastWritten { get; private set; } = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    internal static byte[] Frame(ReadOnlySpan<byte> message)
    {
        byte[] frame = new byte[4 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, message.Length);
        message.CopyTo(frame.AsSpan(4));
        return frame;
    }

    /// <summary>A frame with a few bytes changed, cut short, longer, doubled, or with another length than it says.</summary>
    internal static byte[] Mutated(byte[] frame, Random random)
    {
        byte[] mutated = [.. frame];
        switch (random.Next(6))
        {
            case 0:
                return mutated[..random.Next(mutated.Length)];
            case 1:
                BinaryPrimitives.WriteInt32BigEndian(mutated, random.Next(2) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(-3, 200));
                return mutated;
            case 2:
                byte[] noise = new byte[random.Next(300)];
                random.NextBytes(noise);
                return random.Next(2) == 0 ? noise : Frame(noise);
            case 3:
                // A piece of the message a second time, in its middle.
                int from = random.Next(4, mutated.Length);
                int to = random.Next(from, mutated.Length);
                return Frame([.. mutated[4..to], .. mutated[from..]]);
            default:
                for (int flips = random.Next(1, 5); flips > 0 && mutated.Length > 4; flips--)
                {
                    mutated[random.Next(4, mutated.Length)] = (byte)random.Next(256);
                }

                return mutated;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => _toRead.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count)
    {
        LastWritten = buffer[offset..(offset + count)];
        switch (_written++)
        {
            case 0:
                Say(PythonHandshake.Response(_key, LastWritten.AsSpan(4 + 11)));
                break;
            case 1:
                byte[] random = new byte[_random.Next(2) == 0 ? 20 : 40];
                _random.NextBytes(random);
                Say([.. "#CHALLENGE#"u8, .. random.Length == 20 ? ""u8 : "{sha256}"u8, .. random]);
                break;
            case 2:
                Say("#WELCOME#"u8);
                Say(_request);
                break;
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Say(ReadOnlySpan<byte> message)
    {
        byte[] frame = Frame(message);
        long at = _toRead.Position;
        _toRead.Position = _toRead.Length;
        _toRead.Write(_said++ == _mistake ? Mutated(frame, _random) : frame);
        _toRead.Position = at;
    }
}
