using System.CommandLine;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary><c>shm dump NAME</c>: the bytes of a block.</summary>
internal static class DumpCommand
{
    private const int LineBytes = 16;
    private const int PartBytes = 64 << 10;

    private static readonly Argument<string> Name = new Argument<string>("NAME") { Description = "The name of the block, or file://PATH." }.Named().CompleteBlocks();
    private static readonly Option<bool> Raw = new("--raw") { Description = "The bytes themselves, to the standard output." };
    private static readonly Option<long> Offset = new("--offset") { Description = "Where to begin, in bytes." };
    private static readonly Option<long?> Length = new("--length") { Description = "How many bytes; all if it is not given." };

    internal static Command Create()
    {
        NotNegative(Offset);
        NotNegative(Length);
        var command = new Command("dump", "Writes the bytes of a block, as hexdump -C does, or raw.") { Name, Raw, Offset, Length };
        command.SetGuardedAction(static result =>
        {
            using var block = BlockBytes.Open(result.GetRequiredValue(Name));
            long offset = result.GetValue(Offset);
            long end = Math.Min(block.Size, result.GetValue(Length) is long length && length < block.Size - offset ? offset + length : block.Size);
            if (offset > block.Size)
            {
                throw new ArgumentException($"The block has {block.Size} bytes, and none at {offset}.");
            }

            if (result.GetValue(Raw))
            {
                WriteRaw(block, offset, end);
            }
            else
            {
                WriteHex(block, offset, end);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteRaw(BlockBytes block, long offset, long end)
    {
        using Stream output = Console.OpenStandardOutput();
        byte[] part = new byte[PartBytes];
        while (offset < end && block.Read(offset, part.AsSpan(0, (int)Math.Min(part.Length, end - offset))) is int count && count > 0)
        {
            output.Write(part, 0, count);
            offset += count;
        }
    }

    private static void WriteHex(BlockBytes block, long offset, long end)
    {
        using Stream output = Console.OpenStandardOutput();
        byte[] part = new byte[PartBytes];
        byte[] before = new byte[LineBytes];
        bool hasBefore = false;
        bool starred = false;
        var text = new StringBuilder();
        while (offset < end && block.Read(offset, part.AsSpan(0, (int)Math.Min(part.Length, end - offset))) is int count && count > 0)
        {
            for (int at = 0; at < count; at += LineBytes)
            {
                ReadOnlySpan<byte> line = part.AsSpan(at, Math.Min(LineBytes, count - at));
                bool same = hasBefore && line.SequenceEqual(before);
                if (same && !starred)
                {
                    text.Append("*\n");
                }
                else if (!same)
                {
                    text.Append(HexDump.Line(line, offset + at)).Append('\n');
                }

                starred = same;
                hasBefore = line.Length == LineBytes;
                line.CopyTo(before);
            }

            offset += count;
            output.Write(Encoding.ASCII.GetBytes(text.ToString()));
            text.Clear();
        }

        output.Write(Encoding.ASCII.GetBytes(HexDump.Address(offset) + "\n"));
    }

    private static void NotNegative<T>(Option<T> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<T>() is long and < 0)
        {
            result.AddError($"{option.Name} must not be negative.");
        }
    });
}
