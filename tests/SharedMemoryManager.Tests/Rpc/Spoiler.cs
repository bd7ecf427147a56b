namespace Multiprocessing.Tests;

/// <summary>Makes messages that are not quite right from such that are.</summary>
internal static class Spoiler
{
    /// <summary>Some bytes of it changed, or a part of it gone, twice there, or cut off; or nothing of it left.</summary>
    internal static byte[] Spoil(byte[] good, Random random)
    {
        byte[] bytes = (byte[])good.Clone();
        switch (random.Next(6))
        {
            case 0:
                return bytes[..random.Next(bytes.Length + 1)];
            case 1:
                int from = random.Next(bytes.Length + 1);
                return [.. bytes[..from], .. bytes[random.Next(from, bytes.Length + 1)..]];
            case 2:
                int until = random.Next(bytes.Length + 1);
                return [.. bytes[..until], .. bytes[random.Next(until + 1)..]];
            case 3:
                byte[] noise = new byte[random.Next(40)];
                random.NextBytes(noise);
                return noise;
            default:
                for (int flips = random.Next(4); flips >= 0 && bytes.Length > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                return bytes;
        }
    }
}
