using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary>Pools: see <see cref="PoolHeader"/> and <see cref="BlockWords"/>.</summary>
internal static class PoolDecoder
{
    internal static void Decode(BlockCopy block, uint flavour, Fields fields)
    {
        PoolHeader header = block.Read<PoolHeader>(0);
        if (header.BlockCount < 1 || header.BlockSize < 1 || header.Stride < header.BlockSize || header.Stride > block.Size / header.BlockCount)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"the header makes no sense: {header.BlockCount} blocks of {header.BlockSize} bytes, {header.Stride} apart"));
        }

        var counts = new long[8];
        var holders = new Dictionary<uint, int>();
        block.ForEachWord(PoolHeader.ByteSize, header.BlockCount, sizeof(ulong), (_, word) =>
        {
            uint state = ClaimWord.State(word);
            counts[state]++;
            if (state != BlockWords.Free)
            {
                holders[ClaimWord.Owner(word)] = holders.GetValueOrDefault(ClaimWord.Owner(word)) + 1;
            }
        });
        var handles = new HandleTable(block, PoolHeader.ParticipantsOffset);
        fields.Add("blocks", header.BlockCount);
        fields.Add("blockSize", header.BlockSize);
        fields.Add("free", counts[BlockWords.Free]);
        fields.Add("rented", counts[BlockWords.Owned]);
        fields.Add("passed", counts[BlockWords.Passed]);
        fields.Add("holders", handles.Group(holders, "blocks"));
        fields.Add("handles", handles.Handles());
    }
}
