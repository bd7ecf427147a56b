using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Multiprocessing.Tests;

/// <summary>JSON becomes MessagePack and comes back as it was, whatever it is; and the same by an encoder that others have written.</summary>
public sealed class TranscodingTests
{
    private static readonly string[] Requests =
        ["""{"jsonrpc":"2.0","id":1,"method":"ping"}""", """{"method":"track","params":[{"created":[],"released":["a"]}]}"""];

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true);

    [Fact]
    public void Any_JSON_comes_back_from_MessagePack_as_it_was() => Watchdog.Run(() =>
        Prop.ForAll(Arb.From(Value(4)), json =>
        {
            string packed = MessagePackTests.ToMessagePack(json);
            string back = MessagePackTests.ToJson(packed);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(back)), $"{json} came back as {back}");

            // Numbers are compared by their value there, and here by their form too: no integer has become a float.
            Assert.Equal(packed, MessagePackTests.ToMessagePack(back));
        }).Check(Runs));

    [Fact]
    public void Python_packs_and_unpacks_the_same() => Watchdog.Run(() =>
    {
        const string script =
            """
            import json, msgpack, sys
            for line in sys.stdin:
                value = json.loads(line)
                packed = msgpack.packb(value)
                assert msgpack.unpackb(packed) == value
                print(packed.hex(), flush=True)
            """;
        using ConsoleProcess python = Python.WithMsgpack.Start(script);
        foreach (string json in Gen.Sample(Value(4), 1000))
        {
            python.WriteLine(json);
            string theirs = python.ReadLine();
            Assert.Equal(theirs, MessagePackTests.ToMessagePack(json));
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(MessagePackTests.ToJson(theirs))), json);
        }
    });

    [Fact]
    public void Two_hundred_thousand_spoilt_messages_are_refused_or_become_JSON() => Watchdog.Run(() =>
    {
        // Seeded: what fails fails again.
        var random = new Random(92);
        byte[][] seeds = [.. Gen.Sample(Value(4), 200).Select(json => Convert.FromHexString(MessagePackTests.ToMessagePack(json)))];
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json, new JsonWriterOptions { SkipValidation = true });
        int refused = 0;
        const int rounds = 200_000;
        for (int round = 0; round < rounds; round++)
        {
            byte[] message = Spoiler.Spoil(seeds[random.Next(seeds.Length)], random);
            json.ResetWrittenCount();
            writer.Reset(json);
            try
            {
                MessagePackToJson.Write(message, writer, 1 << 20);
            }
            catch (InvalidDataException)
            {
                refused++;
                continue;
            }

            writer.Flush();
            JsonDocument.Parse(json.WrittenMemory).Dispose();
        }

        // Both happen, so both were tried.
        Assert.InRange(refused, rounds / 10, rounds - (rounds / 10));
    });

    [Fact]
    public void Two_hundred_thousand_spoilt_frames_never_get_more_than_a_refusal_from_the_reader() => Watchdog.Run(() =>
    {
        var random = new Random(93);
        byte[][] seeds =
        [
            .. from framing in Enum.GetValues<Framing>()
               from request in Requests
               let frame = RawClient.Frame(framing, RawClient.Body(framing, request))
               select (byte[])[.. frame, .. frame],
        ];
        int read = 0;
        int lost = 0;
        for (int round = 0; round < 200_000; round++)
        {
            using var handler = new EitherMessageHandler(
                new MessageInput(new MemoryStream(Spoiler.Spoil(seeds[random.Next(seeds.Length)], random))) { LongestMessage = 1 << 20 }, Stream.Null);
            try
            {
                while (Next(handler))
                {
                    read++;
                }
            }
            catch (ConnectionLostException)
            {
                lost++;
            }
        }

        Assert.True(read > 40_000 && lost > 40_000, $"{read} read, {lost} lost");

        static bool Next(EitherMessageHandler handler)
        {
            try
            {
                return handler.TryRead(out _);
            }
            catch (InvalidDataException)
            {
                return true;
            }
        }
    });

    /// <summary>Any JSON value, as text.</summary>
    private static Gen<string> Value(int depth)
    {
        Gen<string> scalar = Gen.OneOf(
            Gen.Elements("null", "true", "false"),
            Gen.Elements(0, 7, 8, 15, 16, 31, 32, 63, 64).SelectMany(_ => Gen.Choose(-3, 3), (bits, more) => Near(bits, more)),
            Gen.Elements(0, 5, 7, 8, 15, 16, 31, 32, 62).SelectMany(_ => Gen.Choose(-3, 3), (bits, more) => "-" + Near(bits, more + 4)),
            Gen.Constant("-9223372036854775808"),
            ArbMap.Default.GeneratorFor<NormalFloat>().Select(number => Float(number.Get)),
            Text());
        if (depth == 0)
        {
            return scalar;
        }

        Gen<int> count = Gen.Frequency((9, Gen.Choose(0, 4)), (1, Gen.Choose(14, 17)));
        return Gen.Frequency(
            (3, scalar),
            (1, count.SelectMany(n => Gen.ArrayOf(Value(depth - 1), n)).Select(items => $"[{string.Join(',', items)}]")),
            (1, count.SelectMany(n => Gen.ArrayOf(Value(depth - 1), n)).SelectMany(
                items => Gen.ArrayOf(Text(), items.Length),
                (items, keys) => $"{{{string.Join(',', keys.Distinct().Zip(items, (key, item) => $"{key}:{item}"))}}}")));
    }

    private static Gen<string> Text() =>
        Gen.Frequency((9, Gen.Choose(0, 5)), (1, Gen.Choose(30, 34)), (1, Gen.Choose(254, 257)))
            .SelectMany(n => Gen.ArrayOf(Gen.Elements("a", "é", "€", "😀", "\0", "\"", "\\", "\n", "/", "\u007f", "\u2028"), n))
            .Select(parts => JsonSerializer.Serialize(string.Concat(parts)));

    /// <summary>2^bits and some more, where 64 bits hold it.</summary>
    private static string Near(int bits, int more) =>
        (bits == 64 ? ulong.MaxValue - (ulong)(more + 3) : Math.Max(1UL << bits, 3) + (ulong)more).ToString(CultureInfo.InvariantCulture);

    private static string Float(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) || text.Contains('E', StringComparison.Ordinal) ? text : text + ".0";
    }
}
