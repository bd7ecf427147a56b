namespace Multiprocessing.Tests;

/// <summary>Making arrays, attaching to them, and what is refused.</summary>
public sealed class CreateTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_new_array_is_zero_and_another_attachment_sees_what_is_written()
    {
        SharedArray<double> a = _scratch.Create<double>(10);
        Assert.True(a.WasCreated);
        Assert.All(a.ToArray(), static value => Assert.Equal(0, value));
        using var b = SharedArray<double>.Attach($"shm://{a.Name}");
        Assert.False(b.WasCreated);
        a[0] = 42;
        Assert.Equal(42, b[0]);
        a.Dispose();
        SharedArray.Delete(b.Name);
        Assert.Equal(42, b[0]);
        Assert.False(SharedMemory.Exists(b.Name));
    }

    [Fact]
    public void Names_are_those_of_the_extension()
    {
        string name = _scratch.NewName();
        using (SharedArray<int>.Create($"shm://{name}", [3]))
        {
        }

        foreach (string form in (string[])[name, $"shm://{name}", $"/{name}", $"shm:///{name}"])
        {
            using SharedArray<int> array = SharedArray<int>.Attach(form);
            Assert.Equal(name, array.Name);
            Assert.Throws<SharedMemoryExistsException>(() => SharedArray<int>.Create(form, [3]));
        }

        SharedArray.Delete($"shm://{name}");
        string path = _scratch.NewPath();
        using (SharedArray<int> file = SharedArray<int>.Create($"file://{path}", [3]))
        {
            Assert.Equal($"file://{path}", file.Name);
            file[1] = 7;
            file.Flush();
        }

        using (SharedArray<int> file = SharedArray<int>.Attach($"file://{path}"))
        {
            Assert.Equal([0, 7, 0], file.ToArray());
        }

        SharedArray.Delete($"file://{path}");
        Assert.False(File.Exists(path));
        using SharedArray<int> automatic = SharedArray<int>.Create(null, [3]);
        Assert.StartsWith("psm_", automatic.Name, StringComparison.Ordinal);
        automatic.Unlink();
    }

    [Fact]
    public void A_relative_path_is_of_the_working_directory()
    {
        string path = Path.GetRandomFileName();
        using SharedArray<byte> array = SharedArray<byte>.Create($"file://{path}", [3]);
        Assert.Equal($"file://{Path.GetFullPath(path)}", array.Name);
        SharedArray.Delete($"file://{path}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("shm://")]
    [InlineData("http://x")]
    [InlineData("SHM://x")]
    [InlineData("a/b")]
    [InlineData("shm://a/b")]
    [InlineData("a\0b")]
    [InlineData("file://")]
    [InlineData("..")]
    public void A_name_that_can_be_none_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => SharedArray<int>.Create(name, [1]));
        Assert.Throws<ArgumentException>(() => SharedArray.Attach(name));
        Assert.Throws<ArgumentException>(() => SharedArray.Delete(name));
    }

    [Fact]
    public void Null_arguments_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => SharedArray.Attach(null!));
        Assert.Throws<ArgumentNullException>(() => SharedArray<int>.Attach(null!));
        Assert.Throws<ArgumentNullException>(() => SharedArray.Delete(null!));
        Assert.Throws<ArgumentNullException>(() => SharedArray<int>.CreateOrAttach(null!, [1]));
        Assert.Throws<ArgumentNullException>(() => SharedArray<int>.Over(null!, [1]));
        Assert.Throws<ArgumentNullException>(() => SharedArrayType.Parse(null!));
    }

    [Fact]
    public void A_scalar_and_empty_arrays_are_arrays()
    {
        SharedArray<float> scalar = _scratch.Create<float>();
        Assert.Equal((0, 1, 4, 296), (scalar.Rank, scalar.Length, scalar.Size, scalar.Block.Size));
        scalar[[]] = 2.5f;
        Assert.Equal(2.5f, ((SharedArray<float>)_scratch.Attach(scalar.Name))[[]]);

        SharedArray<float> empty = _scratch.Create<float>(3, 0, 5);
        Assert.Equal((3, 0, 0, 292), (empty.Rank, empty.Length, empty.Size, empty.Block.Size));
        Assert.Equal([3, 0, 5], _scratch.Attach(empty.Name).Shape.ToArray());
        Assert.Empty(empty.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => empty[0, 0, 0]);
    }

    [Fact]
    public void Dimensions_end_at_32_and_with_the_footer_of_NumPy_2_at_64()
    {
        nint[] ones = [.. Enumerable.Repeat((nint)1, 31), 3];
        Assert.Equal(32, _scratch.Create<byte>(ones).Rank);
        nint[] many = [.. Enumerable.Repeat((nint)1, 63), 2];
        string name = _scratch.NewName();
        Assert.Contains("32", Assert.Throws<ArgumentException>(() => SharedArray<byte>.Create(name, many)).Message, StringComparison.Ordinal);
        using SharedArray<byte> array = SharedArray<byte>.Create(name, many, format: SharedArrayFormat.NumPy2);
        SharedArray<byte> other = (SharedArray<byte>)_scratch.Attach(name);
        Assert.Equal(many, other.Shape.ToArray());
        nint[] last = [.. new nint[63], 1];
        array[last] = 9;
        Assert.Equal(9, other[last]);
        Assert.Throws<ArgumentException>(() => SharedArray<byte>.Create(_scratch.NewName(), [.. many, 1], format: SharedArrayFormat.NumPy2));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedArray<byte>.Create(_scratch.NewName(), [1], format: (SharedArrayFormat)2));
    }

    public static TheoryData<nint[]> Impossible => new(
        [-1], [3, -2], [nint.MinValue], [nint.MaxValue], [unchecked((nint)(1L << 61))], [unchecked((nint)(1L << 32)), unchecked((nint)(1L << 32))],
        [0, nint.MaxValue, nint.MaxValue], [0, -1], [unchecked((nint)(1L << 62))], [unchecked((nint)(1L << 31)), unchecked((nint)(1L << 31)), 2]);

    [Theory]
    [MemberData(nameof(Impossible))]
    public void A_shape_that_cannot_be_is_refused_and_leaves_nothing(nint[] shape)
    {
        string name = _scratch.NewName();
        Assert.ThrowsAny<ArgumentException>(() => SharedArray<double>.Create(name, shape));
        Assert.ThrowsAny<ArgumentException>(() => SharedArray.Create(name, shape, SharedArrayType.Float64));
        Assert.ThrowsAny<ArgumentException>(() => SharedArray<double>.CreateOrAttach(name, shape));
        Assert.False(SharedMemory.Exists(name));
    }

    [Fact]
    public void An_array_for_which_there_is_no_room_leaves_nothing()
    {
        string name = _scratch.NewName();
        Assert.Throws<SharedMemoryFullException>(() => SharedArray<double>.Create(name, [unchecked((nint)(1L << 46))]));
        Assert.False(SharedMemory.Exists(name));
        string path = _scratch.NewPath();
        Assert.Throws<SharedMemoryFullException>(() => SharedArray<double>.Create($"file://{path}", [unchecked((nint)(1L << 46))]));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        string name = _scratch.NewName();
        Assert.Throws<FileNotFoundException>(() => SharedArray.Attach(name));
        Assert.Throws<FileNotFoundException>(() => SharedArray<int>.Attach($"file:///nowhere/{name}"));
        Assert.Throws<FileNotFoundException>(() => SharedArray.Delete(name));
        Assert.Throws<DirectoryNotFoundException>(() => SharedArray<int>.Create($"file:///nowhere/{name}", [1]));
    }

    [Fact]
    public void Delete_leaves_alone_what_is_no_array()
    {
        foreach (byte[] bytes in (byte[][])[[1], [.. Enumerable.Repeat((byte)7, 5000)], new byte[292]])
        {
            string name = _scratch.Block(bytes);
            Assert.Contains("left alone", Assert.Throws<InvalidDataException>(() => SharedArray.Delete(name)).Message, StringComparison.Ordinal);
            Assert.True(SharedMemory.Exists(name));
        }
    }

    [Fact]
    public void The_mode_and_the_backing_are_those_of_the_options()
    {
        const UnixFileMode Everybody = (UnixFileMode)0x1b6;
        string path = _scratch.NewPath();
        using (SharedArray<int> array = SharedArray<int>.Create(path, [3], new() { Backing = SharedMemoryBacking.File, Mode = Everybody }))
        {
            Assert.Equal(Everybody, new FileInfo(path).UnixFileMode);
            Assert.Equal(12 + 292, new FileInfo(path).Length);
        }

        using (SharedArray<int> same = SharedArray<int>.CreateOrAttach(path, [3], new() { Backing = SharedMemoryBacking.File }))
        {
            Assert.False(same.WasCreated);
        }

        Assert.Equal((UnixFileMode)0x180, _scratch.Create<int>(1).Block.Mode);
        using SharedArray<int> anonymous = SharedArray<int>.Create(null, [3], new() { Backing = SharedMemoryBacking.Anonymous });
        anonymous[2] = 1;
        Assert.Equal(1, ((SharedArray<int>)_scratch.Attach(anonymous.Name))[2]);
        Assert.Throws<ArgumentException>(() => SharedArray<int>.CreateOrAttach("x", [3], new() { Backing = SharedMemoryBacking.Anonymous }));
    }

    [Fact]
    public void Create_or_attach_takes_what_fits_and_nothing_else()
    {
        string name = _scratch.NewName();
        SharedArray<int> first = _scratch.Keep(SharedArray<int>.CreateOrAttach(name, [2, 3]));
        Assert.True(first.WasCreated);
        first[1, 1] = 5;
        SharedArray<int> second = _scratch.Keep(SharedArray<int>.CreateOrAttach($"shm://{name}", [2, 3]));
        Assert.False(second.WasCreated);
        Assert.Equal(5, second[1, 1]);
        InvalidDataException shape = Assert.Throws<InvalidDataException>(() => SharedArray<int>.CreateOrAttach(name, [3, 2]));
        Assert.Contains("int32 (2, 3)", shape.Message, StringComparison.Ordinal);
        Assert.Contains("int32 (3, 2)", shape.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => SharedArray.CreateOrAttach(name, [2, 3], SharedArrayType.UInt32));
        Assert.False(_scratch.Keep(SharedArray.CreateOrAttach(name, [2, 3], SharedArrayType.Int32)).WasCreated);
    }
}
