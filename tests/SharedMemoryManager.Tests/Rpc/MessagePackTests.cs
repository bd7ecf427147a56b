using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Multiprocessing.Tests;

/// <summary>Each form of MessagePack's specification (spec.md of msgpack/msgpack) at its limits, and what is none of them.</summary>
public sealed class MessagePackTests
{
    /// <summary>JSON and the shortest MessagePack of it: what is written, and read again as the same JSON.</summary>
    public static TheoryData<string, string> Shortest { get; } = new()
    {
        { "null", "c0" },
        { "false", "c2" },
        { "true", "c3" },
        { "0", "00" },
        { "127", "7f" },
        { "128", "cc80" },
        { "255", "ccff" },
        { "256", "cd0100" },
        { "65535", "cdffff" },
        { "65536", "ce00010000" },
        { "4294967295", "ceffffffff" },
        { "4294967296", "cf0000000100000000" },
        { "9223372036854775807", "cf7fffffffffffffff" },
        { "9223372036854775808", "cf8000000000000000" },
        { "18446744073709551615", "cfffffffffffffffff" },
        { "-1", "ff" },
        { "-32", "e0" },
        { "-33", "d0df" },
        { "-128", "d080" },
        { "-129", "d1ff7f" },
        { "-32768", "d18000" },
        { "-32769", "d2ffff7fff" },
        { "-2147483648", "d280000000" },
        { "-2147483649", "d3ffffffff7fffffff" },
        { "-9223372036854775808", "d38000000000000000" },
        { "0.0", "cb0000000000000000" },
        { "-0.0", "cb8000000000000000" },
        { "1.5", "cb3ff8000000000000" },
        { "-1.0", "cbbff0000000000000" },
        { "5E-324", "cb0000000000000001" },
        { "1.7976931348623157E+308", "cb7fefffffffffffff" },
        { "\"\"", "a0" },
        { "\"a\"", "a161" },
        { "\"é€😀\"", "a9c3a9e282acf09f9880" },
        { $"\"{Text(31)}\"", $"bf{Hex(31)}" },
        { $"\"{Text(32)}\"", $"d920{Hex(32)}" },
        { $"\"{Text(255)}\"", $"d9ff{Hex(255)}" },
        { $"\"{Text(256)}\"", $"da0100{Hex(256)}" },
        { $"\"{Text(65535)}\"", $"daffff{Hex(65535)}" },
        { $"\"{Text(65536)}\"", $"db00010000{Hex(65536)}" },
        { "[]", "90" },
        { Items(15), $"9f{Bytes(15)}" },
        { Items(16), $"dc0010{Bytes(16)}" },
        { Items(65535), $"dcffff{Bytes(65535)}" },
        { Items(65536), $"dd00010000{Bytes(65536)}" },
        { "{}", "80" },
        { Pairs(15), $"8f{PackedPairs(15)}" },
        { Pairs(16), $"de0010{PackedPairs(16)}" },
        { Pairs(65535), $"deffff{PackedPairs(65535)}" },
        { Pairs(65536), $"df00010000{PackedPairs(65536)}" },

        // The example of msgpack.org.
        { """{"compact":true,"schema":0}""", "82a7636f6d70616374c3a6736368656d6100" },
    };

    [Theory]
    [MemberData(nameof(Shortest), DisableDiscoveryEnumeration = true)]
    public void Values_are_written_in_their_shortest_form_and_read_again(string json, string hex)
    {
        Assert.Equal(hex, ToMessagePack(json));
        Assert.Equal(json, ToJson(hex));
    }

    [Theory]
    [InlineData("cc00", "0")]
    [InlineData("cd0000", "0")]
    [InlineData("ce00000001", "1")]
    [InlineData("cf0000000000000001", "1")]
    [InlineData("d07f", "127")]
    [InlineData("d10001", "1")]
    [InlineData("d2ffffffff", "-1")]
    [InlineData("d3ffffffffffffffff", "-1")]
    [InlineData("d37fffffffffffffff", "9223372036854775807")]
    [InlineData("ca3fc00000", "1.5")]
    [InlineData("ca3dcccccd", "0.10000000149011612")]
    [InlineData("ca7f800000", "\"Infinity\"")]
    [InlineData("cbfff0000000000000", "\"-Infinity\"")]
    [InlineData("cb7ff8000000000000", "\"NaN\"")]
    [InlineData("d90161", "\"a\"")]
    [InlineData("da000161", "\"a\"")]
    [InlineData("db0000000161", "\"a\"")]
    [InlineData("a122", "\"\\\"\"")]
    [InlineData("a100", "\"\\u0000\"")]
    [InlineData("c400", "\"\"")]
    [InlineData("c40301ff00", "\"Af8A\"")]
    [InlineData("c5000301ff00", "\"Af8A\"")]
    [InlineData("c60000000301ff00", "\"Af8A\"")]
    [InlineData("dc000101", "[1]")]
    [InlineData("dd0000000101", "[1]")]
    [InlineData("de0001a16101", "{\"a\":1}")]
    [InlineData("df00000001a16101", "{\"a\":1}")]
    [InlineData("81d90161dc0002c09182a16180a162dd00000000", "{\"a\":[null,[{\"a\":{},\"b\":[]}]]}")]
    public void Longer_forms_and_those_that_JSON_has_no_type_for_are_read(string hex, string json) => Assert.Equal(json, ToJson(hex));

    [Theory]
    [InlineData("", "ends")]
    [InlineData("c1", "c1")]
    [InlineData("c70001", "c7")]
    [InlineData("c8000001", "c8")]
    [InlineData("c90000000001", "c9")]
    [InlineData("d40100", "d4")]
    [InlineData("d6ff00000000", "d6")]
    [InlineData("d8ff00000000000000000000000000000000", "d8")]
    [InlineData("cc", "ends")]
    [InlineData("cd00", "ends")]
    [InlineData("ce000000", "ends")]
    [InlineData("cf00000000000000", "ends")]
    [InlineData("ca000000", "ends")]
    [InlineData("cb00000000000000", "ends")]
    [InlineData("a1", "ends")]
    [InlineData("d9", "ends")]
    [InlineData("d901", "ends")]
    [InlineData("dbffffffff61", "ends")]
    [InlineData("c6ffffffff61", "ends")]
    [InlineData("91", "ends")]
    [InlineData("ddffffffffc0", "ends")]
    [InlineData("dfffffffffa161c0", "ends")]
    [InlineData("81a161", "ends")]
    [InlineData("8101c0", "key")]
    [InlineData("81c0c0", "key")]
    [InlineData("81c40161c0", "key")]
    [InlineData("819001", "key")]
    [InlineData("c0c0", "after")]
    [InlineData("90c0", "after")]
    [InlineData("a1ff", "UTF-8")]
    [InlineData("a2c080", "UTF-8")]
    [InlineData("a3eda080", "UTF-8")]
    [InlineData("81a1ffc0", "UTF-8")]
    public void What_is_no_message_is_refused_with_the_reason(string hex, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => ToJson(hex)).Message, StringComparison.Ordinal);

    [Fact]
    public void Sixty_four_levels_are_read_and_not_one_more()
    {
        string deepest = string.Concat(Enumerable.Repeat("91", 63));
        Assert.Equal(new string('[', 64) + new string(']', 64), ToJson(deepest + "90"));
        JsonDocument.Parse(ToJson(deepest + "90")).Dispose();
        Assert.Contains("deep", Assert.Throws<InvalidDataException>(() => ToJson(deepest + "9190")).Message, StringComparison.Ordinal);
        Assert.Contains("deep", Assert.Throws<InvalidDataException>(() => ToJson(string.Concat(Enumerable.Repeat("81a161", 100_000)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_longer_than_the_limit_is_refused_before_it_is_there()
    {
        byte[] manyNils = Enumerable.Repeat((byte)0xc0, 1_000_005).ToArray();
        new byte[] { 0xdd, 0, 0xf, 0x42, 0x40 }.CopyTo(manyNils, 0);
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        Assert.Contains("longer", Assert.Throws<InvalidDataException>(() => MessagePackToJson.Write(manyNils, writer, 1000)).Message, StringComparison.Ordinal);
        Assert.InRange(writer.BytesCommitted + writer.BytesPending, 1000, 1100);
    }

    [Theory]
    [InlineData("ddffffffff")]
    [InlineData("dfffffffff")]
    [InlineData("dbffffffff")]
    [InlineData("c6ffffffff")]
    [InlineData("dbffffffff6162")]
    public void Nothing_is_allocated_by_what_a_length_claims(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        using var writer = new Utf8JsonWriter(new ArrayBufferWriter<byte>(1024), new JsonWriterOptions { SkipValidation = true });
        Assert.Throws<InvalidDataException>(() => MessagePackToJson.Write(bytes, writer, int.MaxValue));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => MessagePackToJson.Write(bytes, writer, int.MaxValue));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 * 1024);
    }

    [Fact]
    public void Nothing_is_allocated_by_what_the_length_of_a_frame_claims()
    {
        byte[] frame = [3, 0xff, 0xff, 0xff, 0x93];
        Read();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);

        void Read()
        {
            using var handler = new EitherMessageHandler(new MessageInput(new MemoryStream(frame)), Stream.Null);
            Assert.Throws<ConnectionLostException>(() => handler.TryRead(out _));
        }
    }

    internal static string ToMessagePack(string json)
    {
        var packed = new ArrayBufferWriter<byte>();
        JsonToMessagePack.Write(Encoding.UTF8.GetBytes(json), packed);
        return Convert.ToHexStringLower(packed.WrittenSpan);
    }

    internal static string ToJson(string hex) => ToJson(Convert.FromHexString(hex));

    internal static string ToJson(ReadOnlySpan<byte> message)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(
            json, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            MessagePackToJson.Write(message, writer, int.MaxValue);
        }

        return Encoding.UTF8.GetString(json.WrittenSpan).Replace("\\uD83D\\uDE00", "😀", StringComparison.Ordinal);
    }

    private static string Text(int length) => new('x', length);

    private static string Hex(int length) => string.Concat(Enumerable.Repeat("78", length));

    private static string Items(int count) => $"[{string.Join(',', Enumerable.Repeat('1', count))}]";

    private static string Bytes(int count) => string.Concat(Enumerable.Repeat("01", count));

    private static string Pairs(int count) => $"{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{i:x5}\":1"))}}}";

    private static string PackedPairs(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $"a5{Convert.ToHexStringLower(Encoding.ASCII.GetBytes($"{i:x5}"))}01"));
}
