namespace Multiprocessing.Tests;

/// <summary>Hints may say anything: they cost time, and are never believed.</summary>
public sealed class HintTests
{
    [Theory]
    [InlineData(100, (byte)0)]
    [InlineData(100, (byte)1)]
    [InlineData(5000, (byte)0)]
    [InlineData(5000, (byte)255)]
    public void Hints_that_lie_lose_no_slot(int count, byte lie)
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, count);
        var layout = new SlotLayout(8, count, 8, SlotFlags.None);
        Span<byte> hints = table.Block.AsSpan<byte>(layout.HintsAt, (int)(layout.SlotsAt - layout.HintsAt));

        // Even those of groups that do not exist.
        hints.Fill(lie);
        Assert.Equal(Enumerable.Range(0, count), Scratch.GrabAll(table).Order());
        hints.Fill(lie);
        Assert.False(table.TryGrab(out _));
        table.Release(count - 1);
        hints.Fill(lie);
        Assert.True(scratch.Attach(table.Name).TryGrab(out int index));
        Assert.Equal(count - 1, index);
        for (int i = 0; i < count; i++)
        {
            table.Release(i);
        }

        hints.Fill(lie);
        Scratch.AssertAllFree(table);
    }

    /// <summary>What a death between the swap that frees a slot and the end of the release leaves.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_release_that_never_ended_is_found(bool byReleaseDead)
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 1000);
        Scratch.GrabAll(table);
        Assert.False(table.TryGrab(out _));
        var layout = new SlotLayout(8, 1000, 8, SlotFlags.None);
        table.Block.GetReference<ulong>(layout.OwnersAt + (777 * sizeof(ulong))) = 0;

        Assert.Equal(1, table.FreeCount);
        if (byReleaseDead)
        {
            Assert.Equal(0, table.ReleaseDead());
            Assert.Equal(777, table.Grab());
        }
        else
        {
            int index = -1;
            Assert.Contains(Enumerable.Range(0, 64), _ => table.TryGrab(out index));
            Assert.Equal(777, index);
        }

        Assert.False(table.TryGrab(out _));
    }

    [Fact]
    public void A_proof_that_never_ended_is_taken_up()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 10);
        ref ulong fullness = ref table.Block.GetReference<ulong>(SlotLayout.FullnessAt);
        _ = FullnessWord.Begin(ref fullness);
        Scratch.AssertAllFree(table);
        Assert.False(FullnessWord.IsFull(in fullness));
    }

    [Fact]
    public void A_release_ends_a_proof_and_only_its_own_proof_concludes()
    {
        ulong word = 0;
        ulong first = FullnessWord.Begin(ref word);
        Assert.Equal(first, FullnessWord.Begin(ref word));
        FullnessWord.End(ref word);
        Assert.False(FullnessWord.TryConclude(ref word, first));

        ulong second = FullnessWord.Begin(ref word);
        Assert.NotEqual(first, second);
        Assert.False(FullnessWord.TryConclude(ref word, first));
        Assert.False(FullnessWord.IsFull(in word));
        Assert.True(FullnessWord.TryConclude(ref word, second));
        Assert.True(FullnessWord.IsFull(in word));

        // Another who looked during the same proof, and one who proves it anew.
        Assert.True(FullnessWord.TryConclude(ref word, second));
        Assert.True(FullnessWord.TryConclude(ref word, FullnessWord.Begin(ref word)));
        FullnessWord.End(ref word);
        Assert.False(FullnessWord.IsFull(in word));
        FullnessWord.End(ref word);
        Assert.False(FullnessWord.TryConclude(ref word, second));
    }
}
