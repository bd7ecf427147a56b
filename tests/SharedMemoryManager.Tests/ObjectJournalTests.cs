using System.Text;

namespace Multiprocessing.Tests;

/// <summary>The journal of server-held objects in the states that the death of its writer leaves.</summary>
public sealed class ObjectJournalTests : IDisposable
{
    private readonly string _prefix = ManagerNames.Prefix(ManagerNames.NewId());

    private string First => _prefix + "oA";

    private string Second => _prefix + "oB";

    public void Dispose()
    {
        SharedMemory.TryUnlink(First);
        SharedMemory.TryUnlink(Second);
    }

    [Fact]
    public void Where_there_is_none_nothing_is_recovered_and_none_is_made()
    {
        using ObjectJournal journal = New();
        Assert.Empty(journal.Recover());
        Assert.False(SharedMemory.Exists(First));
    }

    [Fact]
    public void Its_fields_lie_where_the_layout_says()
    {
        using (ObjectJournal journal = New())
        {
            journal.Reserve(100, () => ["snap"u8.ToArray()]);
            journal.Append("record"u8);
        }

        using SharedMemory block = SharedMemory.Attach(First);
        Assert.Equal("MPSHARED"u8, block.Span[..8]);
        Assert.Equal("journal"u8, block.Span[16..23]);
        Assert.Equal((1, 64L * 1024 + 64), (block.GetReference<int>(8), block.GetReference<long>(24)));
        Assert.Equal((1L, 4L + 4 + 4 + 6), (block.GetReference<long>(32), block.GetReference<long>(40)));
        Assert.Equal((4, 6), (block.GetReference<int>(64), block.GetReference<int>(72)));
        Assert.Equal("snap"u8, block.Span[68..72]);
        Assert.Equal("record"u8, block.Span[76..82]);
    }

    [Fact]
    public void A_record_that_was_not_finished_is_not_there_and_the_next_is_written_over_it()
    {
        using (ObjectJournal journal = New())
        {
            journal.Reserve(100, () => []);
            journal.Append("one"u8);
        }

        using (SharedMemory block = SharedMemory.Attach(First))
        {
            // A death after the length and some bytes, and before the word that counts them.
            block.GetReference<int>(64 + 7) = 1000;
            block.Span.Slice(64 + 11, 500).Fill(0xff);
        }

        using (ObjectJournal journal = New())
        {
            Assert.Equal(["one"], Texts(journal));
            journal.Reserve(100, () => throw new InvalidOperationException("There is room."));
            journal.Append("two"u8);
        }

        using ObjectJournal last = New();
        Assert.Equal(["one", "two"], Texts(last));
    }

    [Fact]
    public void A_full_one_is_followed_by_one_that_begins_with_what_there_is()
    {
        using (ObjectJournal journal = New())
        {
            for (int i = 0; i < 10_000; i++)
            {
                journal.Reserve(20, () => [Encoding.ASCII.GetBytes($"snapshot {i}")]);
                journal.Append(Encoding.ASCII.GetBytes($"record {i}"));
                Assert.NotEqual(SharedMemory.Exists(First), SharedMemory.Exists(Second));
            }
        }

        using ObjectJournal next = New();
        List<string> texts = Texts(next);
        int first = int.Parse(texts[0]["snapshot ".Length..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(first > 5000);
        Assert.Equal(Enumerable.Range(first, 10_000 - first).Select(i => $"record {i}"), texts[1..]);
    }

    [Fact]
    public void A_following_one_that_was_not_finished_goes_and_of_two_the_newer_counts()
    {
        using (ObjectJournal journal = New())
        {
            journal.Reserve(100, () => []);
            journal.Append("old"u8);
        }

        SharedMemory.Create(4096, Second).Dispose();
        using (ObjectJournal journal = New())
        {
            Assert.Equal(["old"], Texts(journal));
            Assert.False(SharedMemory.Exists(Second));
        }

        // Both are finished: a death before the old one was removed.
        byte[] old;
        using (SharedMemory block = SharedMemory.Attach(First))
        {
            old = block.Span.ToArray();
        }

        using (ObjectJournal journal = New())
        {
            Assert.Equal(["old"], Texts(journal));
            journal.Reserve(100_000, () => ["new"u8.ToArray()]);
        }

        using (SharedMemory again = SharedMemory.Create(old.Length, First))
        {
            old.CopyTo(again.Span);
        }

        using ObjectJournal last = New();
        Assert.Equal(["new"], Texts(last));
        Assert.False(SharedMemory.Exists(First));
    }

    [Theory]
    [InlineData(64, 0)]
    [InlineData(64, -1)]
    [InlineData(64, int.MaxValue)]
    [InlineData(40, int.MaxValue)]
    [InlineData(40, 2)]
    public void What_cannot_be_is_refused(int offset, int value)
    {
        using (ObjectJournal journal = New())
        {
            journal.Reserve(100, () => []);
            journal.Append("one"u8);
        }

        using (SharedMemory block = SharedMemory.Attach(First))
        {
            block.GetReference<int>(offset) = value;
        }

        using ObjectJournal broken = New();
        Assert.Throws<InvalidDataException>(() => Texts(broken));
        broken.GiveUp();
        broken.Reserve(10, () => ["fresh"u8.ToArray()]);
        broken.Dispose();
        using ObjectJournal next = New();
        Assert.Equal(["fresh"], Texts(next));
    }

    private static List<string> Texts(ObjectJournal journal) => [.. journal.Recover().Select(Encoding.ASCII.GetString)];

    private ObjectJournal New() => new(_prefix, new BlockTable(_prefix));
}
