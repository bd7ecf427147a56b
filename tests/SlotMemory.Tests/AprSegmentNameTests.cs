namespace Multiprocessing.Tests;

/// <summary>APR's two hashes, by hand and by the names of real segments.</summary>
public sealed class AprSegmentNameTests
{
    [Theory]
    [InlineData("a", "ShM.61H61")]
    [InlineData("ab", "ShM.ce3H80e76fb1")]
    public void The_hashes_are_those_of_APR(string fileName, string segment) =>
        Assert.Equal(segment, HttpdSlotMemory.SegmentName(fileName));

    [Theory]
    [InlineData("/var/run/apache2", "p1", 0, "/var/run/apache2/slotmem-shm-p1_0.shm")]
    [InlineData("/var/run/apache2/", "p1", 26, "/var/run/apache2/slotmem-shm-p1_1a.shm")]
    [InlineData("/var/run/apache2", "/tmp/x", 3, "/tmp/x")]
    public void The_file_name_of_a_table_has_its_generation(string folder, string name, int generation, string expected) =>
        Assert.Equal(expected, HttpdSlotMemory.FileNameOf(folder, name, generation));

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Throws<ArgumentException>(() => HttpdSlotMemory.SegmentName(""));
        Assert.Throws<ArgumentException>(() => HttpdSlotMemory.Attach(""));
        Assert.Throws<ArgumentException>(() => HttpdSlotMemory.FileNameOf("", "x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => HttpdSlotMemory.FileNameOf("/x", "x", -1));
        Assert.Throws<FileNotFoundException>(() => HttpdSlotMemory.Attach("/there/is/none"));
    }

    [Theory]
    [InlineData(16, 0UL, 8UL, 1u)]
    [InlineData(48, 49UL, 8UL, 1u)]
    [InlineData(48, 41UL, 8UL, 2u)]
    [InlineData(48, 41UL, 1UL << 40, 1u)]
    [InlineData(48, 48UL, 8UL, uint.MaxValue)]
    public void A_segment_that_does_not_fit_together_is_refused(int size, ulong whole, ulong slotSize, uint count)
    {
        string fileName = $"/made/up/{Guid.NewGuid():N}";
        using SharedMemory block = SharedMemory.Create(size, HttpdSlotMemory.SegmentName(fileName));
        try
        {
            block.GetReference<ulong>(0) = whole;
            block.GetReference<ulong>(8) = slotSize;
            if (size > 20)
            {
                block.GetReference<uint>(16) = count;
            }

            Assert.Throws<InvalidDataException>(() => HttpdSlotMemory.Attach(fileName));
        }
        finally
        {
            block.Unlink();
        }
    }
}
