using System.Text;

namespace Multiprocessing.Tests;

public sealed class NameTests
{
    private static readonly (string What, Action<string> Call)[] Calls =
    [
        ("Create", static name => SharedMemory.Create(1, name)),
        ("Attach", static name => SharedMemory.Attach(name)),
        ("Attach read-only", static name => SharedMemory.Attach(name, readOnly: true)),
        ("CreateOrAttach", static name => SharedMemory.CreateOrAttach(name, 1)),
        ("TryUnlink", static name => SharedMemory.TryUnlink(name)),
        ("Exists", static name => SharedMemory.Exists(name)),
    ];

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/psm_slash")]
    [InlineData("psm/slash")]
    [InlineData("../psm_up")]
    [InlineData("psm\0nul")]
    [InlineData("\0")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("file://")]
    [InlineData("file:///tmp/nul\0")]
    public void A_name_that_cannot_be_one_is_refused_by_every_call(string name) => Assert.All(Calls, call =>
        Assert.Equal((call.What, "name"), (call.What, Assert.Throws<ArgumentException>(() => call.Call(name)).ParamName)));

    [Fact]
    public void A_name_with_half_a_character_is_refused_by_every_call()
    {
        // Not a theory: such text does not survive in an attribute.
        string[] names = ["psm_half\ud83d", "\udc00psm_half", "file:///tmp/half\ud83d"];
        Assert.All(names, static name => Assert.All(Calls, call => Assert.Throws<ArgumentException>(nameof(name), () => call.Call(name))));
    }

    [Fact]
    public void No_name_is_refused_by_every_call_but_Create() =>
        Assert.All(Calls[1..], call => Assert.Throws<ArgumentNullException>("name", () => call.Call(null!)));

    [Fact]
    public void A_file_needs_its_path() => Assert.Throws<ArgumentNullException>("name", static () =>
        SharedMemory.Create(1, options: new SharedMemoryOptions { Backing = SharedMemoryBacking.File }));

    [Theory]
    [InlineData("a", 255)]
    [InlineData("é", 254)]
    [InlineData("\U0001F600", 252)]
    public void A_name_has_up_to_255_bytes(string letter, int bytes)
    {
        using var scratch = new Scratch();
        string name = Guid.NewGuid().ToString("N");
        name += string.Concat(Enumerable.Repeat(letter, (bytes - name.Length) / Encoding.UTF8.GetByteCount(letter)));
        name += new string('b', 255 - Encoding.UTF8.GetByteCount(name));

        SharedMemory block = scratch.Create(10, scratch.Adopt(name));

        Assert.Equal(name, block.Name);
        Assert.Equal(10, scratch.Attach(name).Size);
        Assert.True(File.Exists(Scratch.PathOf(name)));
        Assert.Contains(SharedMemory.List(), info => info.Name == name);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("é")]
    public void A_name_of_256_bytes_is_refused_by_every_call(string letter)
    {
        string name = string.Concat(Enumerable.Repeat(letter, 256 / Encoding.UTF8.GetByteCount(letter)));

        Assert.All(Calls, call => Assert.Contains(
            "255", Assert.Throws<ArgumentException>(nameof(name), () => call.Call(name)).Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("psm_größe_数据_🙂")]
    [InlineData("psm with spaces")]
    [InlineData("psm:colon\nnewline")]
    [InlineData(".psm_hidden")]
    [InlineData("psm_*?[a]")]
    [InlineData("file:psm")]
    public void A_name_is_any_other_text(string text)
    {
        using var scratch = new Scratch();
        string name = scratch.Adopt(text + Guid.NewGuid().ToString("N"));

        SharedMemory block = scratch.Create(10, name);
        block.Span[0] = 4;

        Assert.Equal(4, scratch.Attach(name).Span[0]);
        Assert.True(SharedMemory.Exists(name));
        Assert.Contains(SharedMemory.List(), info => info.Name == name);
        Assert.True(SharedMemory.TryUnlink(name));
        Assert.False(SharedMemory.Exists(name));
    }

    [Fact]
    public void Names_that_differ_only_in_case_are_two_blocks()
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();

        scratch.Create(1, name);
        scratch.Create(2, scratch.Adopt(name.ToUpperInvariant()));

        Assert.Equal(1, scratch.Attach(name).Size);
    }
}
