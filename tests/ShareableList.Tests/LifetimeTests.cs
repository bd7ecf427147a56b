using System.Collections;

namespace Multiprocessing.Tests;

public sealed class LifetimeTests
{
    [Fact]
    public void Dispose_closes_the_mapping_and_leaves_the_list()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("stays");

        list.Dispose();
        list.Dispose();

        Assert.Equal("stays", scratch.Attach(list.Name)[0]);
    }

    [Fact]
    public void Unlink_removes_the_name_and_leaves_the_mapping()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("still here");

        list.Unlink();

        Assert.Equal("still here", list[0]);
        Assert.Throws<FileNotFoundException>(() => ShareableList.Attach(list.Name));
        Assert.Throws<FileNotFoundException>(list.Unlink);
    }

    [Fact]
    public void After_Dispose_everything_says_so()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("x", 1L);
        IEnumerator<object?> begun = ((IEnumerable<object?>)list).GetEnumerator();
        Assert.True(begun.MoveNext());
        ShareableList.Enumerator fresh = list.GetEnumerator();

        list.Dispose();

        Action[] uses =
        [
            () => _ = list.Count, () => _ = list[0], () => _ = list[^1], () => list[0] = 1, () => list[0] = "x", () => list[0] = null,
            () => list.Get<int>(0), () => list.Set(0, 1), () => list.GetInt64(0), () => list.GetDouble(0), () => list.GetBoolean(0),
            () => list.GetString(0), () => list.GetBytes(0), () => list.GetUtf8(0), () => list.GetBytesSpan(0), () => list.IsNull(0),
            () => list.SetNull(0), () => list.SetInt64(0, 1), () => list.SetDouble(0, 1), () => list.SetBoolean(0, true),
            () => list.SetString(0, "x"), () => list.SetBytes(0, [1]), () => list.CountOf(1), () => list.IndexOf(1),
            () => list.Contains(1), () => _ = list.Format, () => begun.MoveNext(), () => fresh.MoveNext(), () => _ = list.ToArray(),
        ];
        Assert.All(uses, use => Assert.Throws<ObjectDisposedException>(use));
        Assert.Equal("x", begun.Current);
        Assert.Equal($"ShareableList(<disposed>, name='{list.Name}')", list.ToString());
    }

    [Fact]
    public void A_list_attached_read_only_is_read_and_not_written()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List("x", 1L);
        ShareableList reader = scratch.Attach(list.Name, readOnly: true);
        Action[] writes =
        [
            () => reader[0] = 1, () => reader[0] = "y", () => reader[0] = null, () => reader[0] = new object(), () => reader.Set(0, 1),
            () => reader.SetNull(0), () => reader.SetInt64(0, 1), () => reader.SetDouble(0, 1), () => reader.SetBoolean(0, true),
            () => reader.SetString(0, "y"), () => reader.SetBytes(0, [1]),
        ];

        Assert.All(writes, write => Assert.Throws<NotSupportedException>(write));
        list[1] = 2;
        Assert.Equal(["x", 2L], reader);
        Assert.True(reader.Block.IsReadOnly);
        reader.Dispose();
        Assert.All(writes, write => Assert.Throws<ObjectDisposedException>(write));
    }

    [Fact]
    public void The_list_is_walked_again_and_again()
    {
        using var scratch = new Scratch();
        ShareableList list = scratch.List(1L, "two", null);

        var walked = new List<object?>();
        foreach (object? item in list)
        {
            walked.Add(item);
        }

        IEnumerator plain = ((IEnumerable)list).GetEnumerator();
        Assert.True(plain.MoveNext());
        plain.Reset();
        while (plain.MoveNext())
        {
            walked.Add(plain.Current);
        }

        Assert.False(plain.MoveNext());
        Assert.Null(plain.Current);
        Assert.Equal([1L, "two", null, 1L, "two", null], walked);
        Assert.Equal(walked[..3], list.ToArray());
        Assert.Equal((3, "two"), CountAndSecond(list));

        static (int Count, object? Second) CountAndSecond<T>(T items)
            where T : IReadOnlyList<object?> => (items.Count, items[1]);
    }

    [Fact]
    public void There_is_no_list_where_there_is_no_block() =>
        Assert.Throws<FileNotFoundException>(() => ShareableList.Attach("psm_there_is_none"));
}
