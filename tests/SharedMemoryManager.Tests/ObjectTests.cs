using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multiprocessing.Tests;

/// <summary>Dictionaries, lists and namespaces that the server holds: what each operation does, from the owner's side and a client's.</summary>
public sealed partial class ObjectTests : IDisposable
{
    private readonly SharedMemoryManager _manager = SharedMemoryManager.Start();
    private readonly SharedMemoryManager _client;

    public ObjectTests() => _client = SharedMemoryManager.Connect(_manager.Address);

    public void Dispose()
    {
        _client.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void A_dictionary_does_what_a_dictionary_does_and_both_sides_see_it()
    {
        using ManagedDictionary<string, int> one = _manager.CreateDictionary<string, int>();
        using ManagedDictionary<string, int> two = _client.AttachDictionary<string, int>(one.Name);
        one["a"] = 1;
        Assert.Equal(1, two["a"]);
        Assert.True(two.TryAdd("b", 2));
        Assert.False(one.TryAdd("b", 3));
        Assert.Equal(2, one["b"]);
        Assert.True(one.TryGetValue("b", out int b));
        Assert.Equal(2, b);
        Assert.False(one.TryGetValue("c", out int c));
        Assert.Equal(0, c);
        Assert.Throws<KeyNotFoundException>(() => one["c"]);
        Assert.Throws<ArgumentException>(() => one.Add("a", 5));
        one.Add("c", 3);
        Assert.Equal(3, two.Count);
        Assert.Equal(["a", "b", "c"], two.Keys);
        Assert.Equal([1, 2, 3], two.Values);
        Assert.Equal([new("a", 1), new("b", 2), new("c", 3)], two.ToArray());
        Assert.Equal(two.ToArray(), one);
        Assert.True(two.ContainsKey("a"));
        Assert.True(two.Remove("a"));
        Assert.False(two.Remove("a"));
        Assert.True(two.Remove("b", out int removed));
        Assert.Equal(2, removed);
        Assert.False(two.Remove("b", out _));
        Assert.Equal(3, one.GetOrAdd("c", 9));
        Assert.Equal(9, one.GetOrAdd("d", 9));
        Assert.Equal(9, one.GetOrAdd("d", _ => throw new InvalidOperationException("not needed")));
        Assert.Equal(2, one.GetOrAdd("ee", key => key.Length));
        one.SetAll([new("d", 10), new("f", 11), new("f", 12)]);
        Assert.Equal((10, 12), (two["d"], two["f"]));
        two.Clear();
        Assert.Empty(one);
    }

    [Fact]
    public void Values_are_compared_and_changed_at_the_server()
    {
        using ManagedDictionary<string, int> one = _manager.CreateDictionary<string, int>();
        Assert.False(one.TryUpdate("a", 2, 1));
        Assert.False(one.ContainsKey("a"));
        one["a"] = 1;
        Assert.False(one.TryUpdate("a", 3, 2));
        Assert.True(one.TryUpdate("a", 2, 1));
        Assert.Equal(3, one.Update("a", value => value + 1));
        Assert.Throws<KeyNotFoundException>(() => one.Update("b", value => value));
        Assert.Equal(7, one.AddOrUpdate("b", 7, value => value + 1));
        Assert.Equal(8, one.AddOrUpdate("b", 7, value => value + 1));

        // Somebody is quicker than the first two tries.
        int tries = 0;
        Assert.Equal(102, one.Update("b", value =>
        {
            if (++tries < 3)
            {
                using ManagedDictionary<string, int> other = _client.AttachDictionary<string, int>(one.Name);
                other["b"] = 98 + tries;
            }

            return value + 2;
        }));
        Assert.Equal(3, tries);
        Assert.Equal(102, one["b"]);
    }

    [Fact]
    public void Keys_are_one_if_their_json_is_one_however_it_was_written()
    {
        using ManagedDictionary<JsonElement, int> any = _manager.CreateDictionary<JsonElement, int>();
        string[][] same =
        [
            ["1", "1.0", "1e0", "10E-1", " 1"], ["-1.5", "-1.50", "-15e-1"], ["0", "-0", "0.000"], ["\"é<\"", "\"\\u00e9\\u003c\"", "\"\\u00E9<\""],
            ["\"1\""], ["null"], ["true"], ["false"], ["9007199254740993"], ["9007199254740992"], ["1e300", "1E+300"], ["123456789012345678901234567890"],
            ["{\"a\":1,\"b\":[1.0, \"x\"]}", "{ \"b\" : [1,\"\\u0078\"], \"a\":1.00 }"], ["[1,2]", "[1, 2.0]"], ["[2,1]"], ["\"\""], ["[]"], ["{}"], ["\"😀\"", "\"\\ud83d\\ude00\""],
        ];
        for (int i = 0; i < same.Length; i++)
        {
            Assert.True(any.TryAdd(Json(same[i][0]), i), same[i][0]);
            Assert.All(same[i], text => Assert.Equal(i, any[Json(text)]));
        }

        Assert.Equal(same.Length, any.Count);

        // What cannot be written has not been sent.
        Assert.Throws<JsonException>(() => any.TryAdd(Json("\"\\ud83d\""), 0));
        Assert.Equal(same.Length, any.Count);
        using ManagedDictionary<(int, string), Point> tuples = _manager.CreateDictionary<(int, string), Point>(options: new() { IncludeFields = true });
        tuples[(1, "x")] = new Point(1, "née");
        tuples[(2, "x")] = new Point(2, "\u2028\0");
        Assert.Equal(new Point(2, "\u2028\0"), tuples[(2, "x")]);
        Assert.Equal([(1, "x"), (2, "x")], tuples.Keys);
        Assert.Equal(new Point(4, "née"), tuples.Update((1, "x"), point => point with { X = point.X + 3 }));
    }

    [Fact]
    public void A_list_does_what_a_list_does_and_both_sides_see_it()
    {
        using ManagedList<int> one = _manager.CreateManagedList<int>();
        using ManagedList<int> two = _client.AttachManagedList<int>(one.Name);
        Assert.Equal(0, one.Add(5));
        Assert.Equal(1, two.Add(3));
        one.AddRange([8, 1, 9]);
        one.AddRange([]);
        Assert.Equal([5, 3, 8, 1, 9], two);
        Assert.Equal((5, 9, 9, 1), (two[0], two[-1], two[^1], two[^2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => two[5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => two[-6]);
        Assert.Throws<ArgumentOutOfRangeException>(() => two[^0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => two[5] = 1);
        two[^1] = 7;
        two.Insert(0, 4);
        two.Insert(6, 6);
        Assert.Throws<ArgumentOutOfRangeException>(() => two.Insert(8, 0));
        Assert.Equal([4, 5, 3, 8, 1, 7, 6], one.ToArray());
        Assert.Equal([5, 3], one.GetRange(1, 2));
        Assert.Empty(one.GetRange(7, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => one.GetRange(6, 2));
        Assert.Equal((3, -1), (one.IndexOf(8), one.IndexOf(80)));
        Assert.True(one.Contains(8));
        Assert.Equal(8, one.RemoveAt(3));
        Assert.True(one.Remove(4));
        Assert.False(one.Remove(4));
        one.Reverse();
        Assert.Equal([6, 7, 1, 3, 5], one);
        one.Sort();
        Assert.Equal([1, 3, 5, 6, 7], one);
        one.Sort(descending: true);
        Assert.Equal([7, 6, 5, 3, 1], one);
        Assert.True(one.TryUpdate(0, 70, 7));
        Assert.False(one.TryUpdate(0, 71, 7));
        Assert.Equal(71, one.Update(0, value => value + 1));
        Assert.True(one.TryPop(out int last));
        Assert.Equal((1, 4), (last, one.Count));
        one.Clear();
        Assert.False(one.TryPop(out _));
        Assert.Empty(two);
    }

    [Fact]
    public void A_list_sorts_numbers_and_text_and_refuses_what_has_no_order()
    {
        using ManagedList<object?> list = _manager.CreateManagedList<object?>();
        list.AddRange([9007199254740993, 9007199254740992, -1]);
        list.Sort();
        Assert.Equal(["-1", "9007199254740992", "9007199254740993"], list.Select(value => value!.ToString()));
        list.Add(0.5);
        list.Sort();
        Assert.Equal("0.5", list[1]!.ToString());
        list.Add("text");
        Assert.Throws<ArgumentException>(() => list.Sort());
        Assert.Equal(5, list.Count);
        list.Clear();
        list.AddRange(["b", "B", "é", "", "a"]);
        list.Sort();
        Assert.Equal(["", "B", "a", "b", "é"], list.Select(value => value!.ToString()));
        list.Add(null);
        Assert.Null(list[^1]);
        Assert.True(list.Contains(null));
    }

    [Fact]
    public void A_namespace_holds_values_of_any_type()
    {
        using ManagedNamespace one = _manager.CreateNamespace();
        using ManagedNamespace two = _client.AttachNamespace(one.Name);
        one.Set("count", 1);
        one.Set("point", new Point(1, "a"));
        one.Set<string?>("nothing", null);
        one.Set("typed", new Point(2, "b"), PointJson.Default.Point);
        Assert.Equal(1, two.Get<int>("count"));
        Assert.Equal(new Point(1, "a"), two.Get<Point>("point"));
        Assert.Equal(new Point(2, "b"), two.Get("typed", PointJson.Default.Point));
        Assert.Null(two.Get<string?>("nothing"));
        Assert.Equal(["count", "nothing", "point", "typed"], two.Names.Order());
        Assert.Throws<KeyNotFoundException>(() => two.Get<int>("none"));
        Assert.False(two.TryGet("none", out int _));
        Assert.True(two.TryGet("count", out int count));
        Assert.Equal(1, count);
        Assert.Throws<JsonException>(() => two.Get<int>("point"));
        Assert.Equal(1, two.Get<int>("count"));
        Assert.Equal(11, two.Update<int>("count", value => value + 10));
        Assert.True(two.Contains("count"));
        Assert.True(two.Remove("count"));
        Assert.False(two.Remove("count"));
        Assert.False(one.Contains("count"));
    }

    [Fact]
    public void Types_made_at_compile_time_do_as_well()
    {
        using ManagedDictionary<string, Point> one = _manager.CreateDictionary(PointJson.Default.String, PointJson.Default.Point);
        one["a"] = new Point(1, "x");
        using ManagedDictionary<string, Point> two = _client.AttachDictionary(one.Name, PointJson.Default.String, PointJson.Default.Point);
        Assert.Equal(new Point(1, "x"), two["a"]);
        using ManagedList<Point> list = _manager.CreateManagedList(PointJson.Default.Point);
        list.Add(new Point(3, "y"));
        using ManagedList<Point> same = _client.AttachManagedList(list.Name, PointJson.Default.Point);
        Assert.Equal(new Point(3, "y"), same[0]);
    }

    [Fact]
    public void An_object_lives_as_long_as_somebody_refers_to_it()
    {
        ManagedDictionary<string, int> one = _manager.CreateDictionary<string, int>();
        one["a"] = 1;
        ManagedDictionary<string, int> two = _client.AttachDictionary<string, int>(one.Name);
        ManagedDictionary<string, int> three = _client.AttachDictionary<string, int>(one.Name);
        Assert.Equal((one.Name, "dictionary", 1, 3, false), Only(_client.ListObjects()));
        one.Dispose();
        one.Dispose();
        two.Dispose();
        Assert.Throws<ObjectDisposedException>(() => two.Count);
        Assert.Equal(1, three["a"]);
        three.Dispose();
        Assert.Empty(_manager.ListObjects());
        SharedMemoryManagerException e = Assert.Throws<SharedMemoryManagerException>(() => _manager.AttachDictionary<string, int>(one.Name));
        Assert.Equal(SharedMemoryManagerError.ObjectNotFound, e.Error);
        using ManagedDictionary<string, int> next = _manager.CreateDictionary<string, int>();
        Assert.NotEqual(one.Name, next.Name);
    }

    [Fact]
    public void A_kept_object_stays_and_a_scope_gives_its_own_back()
    {
        _manager.CreateNamespace(keep: true).Dispose();
        Assert.Equal(("namespace", true), (_manager.ListObjects()[0].Kind, _manager.ListObjects()[0].IsKept));
        SharedMemoryScope scope = _client.BeginScope();
        ManagedList<int> list = scope.CreateManagedList<int>();
        using ManagedDictionary<int, int> outer = _manager.CreateDictionary<int, int>();
        scope.AttachDictionary<int, int>(outer.Name)[1] = 2;
        Assert.Equal(3, _manager.ListObjects().Count);
        scope.Dispose();
        Assert.Throws<ObjectDisposedException>(() => list.Add(1));
        Assert.Throws<ObjectDisposedException>(() => scope.CreateNamespace());
        Assert.Equal(["dictionary", "namespace"], _manager.ListObjects().Select(each => each.Kind));
        Assert.Equal(2, outer[1]);
    }

    [Fact]
    public void Another_kind_and_wrong_arguments_are_told()
    {
        using ManagedList<int> list = _manager.CreateManagedList<int>();
        Assert.Contains("not a dictionary but a list", Assert.Throws<InvalidDataException>(() => _client.AttachDictionary<int, int>(list.Name)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => _client.AttachNamespace(null!));
        Assert.Throws<ArgumentException>(() => _client.AttachNamespace(""));
        using ManagedDictionary<string, int> names = _manager.CreateDictionary<string, int>();
        Assert.Throws<ArgumentNullException>(() => names.TryGetValue(null!, out _));
        Assert.Throws<ArgumentNullException>(() => names[null!] = 1);
        Assert.Single(_manager.ListObjects(), each => each.Kind == "list" && each.References == 1);
    }

    [Fact]
    public void What_is_too_large_is_refused_and_changes_nothing() => Watchdog.Run(() =>
    {
        using ManagedDictionary<string, string> one = _manager.CreateDictionary<string, string>();
        string half = new('x', 15 << 20);
        one["a"] = half;
        one["b"] = half;
        SharedMemoryManagerException e = Assert.Throws<SharedMemoryManagerException>(() => one["c"] = half);
        Assert.Equal(SharedMemoryManagerError.ObjectLimit, e.Error);
        Assert.Equal(["a", "b"], one.Keys);
        Assert.Throws<SharedMemoryManagerException>(() => one["d"] = new string('x', 33 << 20));
        Assert.Throws<SharedMemoryManagerException>(() => one.SetAll([new("a", "small"), new("c", half), new("d", half)]));
        Assert.Equal(half, one["a"]);
        one["a"] = "small";
        one["c"] = half;
        Assert.Equal(3, one.Count);
    });

    [Fact]
    public void There_are_not_more_objects_than_may_be() => Watchdog.Run(() =>
    {
        using SharedMemoryScope scope = _manager.BeginScope();
        for (int i = 0; i < 10_000; i++)
        {
            scope.CreateManagedList<int>();
        }

        SharedMemoryManagerException e = Assert.Throws<SharedMemoryManagerException>(() => _client.CreateNamespace());
        Assert.Equal(SharedMemoryManagerError.ObjectLimit, e.Error);
    });

    [Fact]
    public void A_journal_that_cannot_grow_refuses_changes_and_keeps_what_there_is() => Watchdog.Run(() =>
    {
        using ManagedList<string> list = _manager.CreateManagedList<string>();
        string text = new('x', 10_000);

        // Where the next journal would be made.
        string inTheWay = $"/dev/shm/psm_{_manager.Id}_oB";
        Directory.CreateDirectory(inTheWay);
        int added = 0;
        SharedMemoryManagerException e = Assert.Throws<SharedMemoryManagerException>(() =>
        {
            for (; added < 100; added++)
            {
                list.Add(text);
            }
        });
        Assert.Equal(SharedMemoryManagerError.ObjectLimit, e.Error);
        Assert.Equal(added, list.Count);
        Directory.Delete(inTheWay);
        list.Add(text);
        Assert.Equal(added + 1, list.Count);
    });

    private static (string Name, string Kind, int Count, int References, bool IsKept) Only(IReadOnlyList<ManagedObjectInfo> objects)
    {
        ManagedObjectInfo only = Assert.Single(objects);
        return (only.Name, only.Kind, only.Count, only.References, only.IsKept);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    public sealed record Point(int X, string Name);

    [JsonSerializable(typeof(Point))]
    [JsonSerializable(typeof(string))]
    internal sealed partial class PointJson : JsonSerializerContext;
}
