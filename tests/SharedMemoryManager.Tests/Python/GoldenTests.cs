namespace Multiprocessing.Tests;

/// <summary>Real bytes of every version, and what is made of them here.</summary>
public sealed class GoldenTests
{
    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void Each_proof_of_the_key_is_the_one_that_is_made_here(string version)
    {
        foreach (Golden call in Golden.Of(version))
        {
            (char Who, byte[] Message)[] frames = [.. call.Frames];
            Assert.Equal("SCSCSCCS", string.Concat(frames.Select(frame => frame.Who)));
            foreach (int at in (int[])[0, 3])
            {
                byte[] challenge = frames[at].Message["#CHALLENGE#".Length..];
                byte[] response = frames[at + 1].Message;
                Assert.Equal(version.Length == 3 || version is "3.10" or "3.11" ? 20 : 48, challenge.Length);
                Assert.Equal("#CHALLENGE#"u8.ToArray(), frames[at].Message[..11]);
                Assert.Equal(response, PythonHandshake.Response(Golden.Key, challenge));
                Assert.True(PythonHandshake.IsProof(Golden.Key, challenge, response));
                Assert.False(PythonHandshake.IsProof("Secret"u8, challenge, response));
                response[^1] ^= 1;
                Assert.False(PythonHandshake.IsProof(Golden.Key, challenge, response));
                Assert.Equal("#WELCOME#"u8.ToArray(), frames[at + 2].Message);
            }
        }
    }

    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void Each_request_is_read_for_what_it_is(string version)
    {
        string[] methods = [.. Golden.Of(version).Select(call => Read(call.Request) is [null, string method, object?[] args, Dictionary<string, object?> { Count: 0 }]
            ? $"{method}({args.Length})"
            : "?")];
        Assert.Equal(
            [
                "dummy(0)", "track_segment(1)", "track_segment(1)", "list_segments(0)", "number_of_objects(0)", "debug_info(0)",
                "release_segment(1)", "release_segment(1)", "bogus(0)",
            ],
            methods);
    }

    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void Each_answer_is_read_for_what_it_is(string version)
    {
        Golden[] calls = [.. Golden.Of(version)];
        string block = Name(calls[1]);
        string list = Name(calls[2]);
        Assert.Matches("^psm_[0-9a-f]{8}$", block);
        object?[][] answers = [.. calls.Select(call => Read(call.Answer))];
        Assert.Equal(["#RETURN", null], answers[0]);
        Assert.Equal(["#RETURN", null], answers[1]);
        Assert.Equal([block, list], Assert.IsType<List<object?>>(answers[3][1]));
        Assert.Equal(["#RETURN", 0L], answers[4]);
        Assert.Equal(["#RETURN", ""], answers[5]);
        Assert.Equal("#TRACEBACK", answers[7][0]);
        Assert.Equal("ValueError", PythonException.Parse((string)answers[7][1]!).Type);
        Assert.Equal("AssertionError: 'bogus' unrecognized", PythonException.Parse((string)answers[8][1]!).Message);

        string Name(Golden call) => (string)((object?[])Read(call.Request)[2]!)[0]!;
    }

    [Fact]
    public void What_is_written_here_is_protocol_2_to_the_byte()
    {
        Assert.Equal(
            "8002284e580d000000747261636b5f7365676d656e7428580c00000070736d5f3261393438613163747d742e",
            Convert.ToHexStringLower(PickleWriter.Write(
                new object?[] { null, "track_segment", new object?[] { "psm_2a948a1c" }, new Dictionary<string, object?>() })));
        Assert.Equal(
            "800228580700000023524554" + "55524e4e742e",
            Convert.ToHexStringLower(PickleWriter.Write(new object?[] { "#RETURN", null })));
        Assert.Equal(
            "80025d285801000000615802000000c3a9652e",
            Convert.ToHexStringLower(PickleWriter.Write(new List<string> { "a", "é" })));
        Assert.Equal("8002284a070000008889742e", Convert.ToHexStringLower(PickleWriter.Write(new object?[] { 7, true, false })));
        Assert.Throws<ArgumentException>(() => PickleWriter.Write(1.5));
    }

    [Theory]
    [InlineData("00000003616263", "616263")]
    [InlineData("ffffffff0000000000000003616263", "616263")]
    [InlineData("00000000", "")]
    public void A_frame_has_a_length_of_either_form(string frame, string message)
    {
        using var stream = new MemoryStream(Convert.FromHexString(frame));
        Assert.Equal(message, Convert.ToHexStringLower(PythonFrames.Read(stream, 100)!));
        Assert.Null(PythonFrames.Read(stream, 100));
    }

    [Theory]
    [InlineData("00000065")]
    [InlineData("7fffffff")]
    [InlineData("fffffffe")]
    [InlineData("80000000")]
    [InlineData("ffffffffffffffffffffffff")]
    [InlineData("ffffffff0000000100000000")]
    public void A_frame_too_long_is_refused_before_it_is_read(string frame)
    {
        using var stream = new MemoryStream(Convert.FromHexString(frame));
        Assert.Throws<PythonProtocolException>(() => PythonFrames.Read(stream, 100));
    }

    [Theory]
    [InlineData("00")]
    [InlineData("00000003")]
    [InlineData("000000036162")]
    [InlineData("ffffffff00")]
    public void A_frame_cut_short_is_an_end(string frame)
    {
        using var stream = new MemoryStream(Convert.FromHexString(frame));
        Assert.Throws<EndOfStreamException>(() => PythonFrames.Read(stream, 100));
    }

    [Fact]
    public void A_challenge_that_is_none_is_not_answered()
    {
        Assert.Throws<PythonProtocolException>(() => PythonHandshake.Response(Golden.Key, new byte[19]));
        Assert.Throws<PythonProtocolException>(() => PythonHandshake.Response(Golden.Key, new byte[40]));
        Assert.Throws<PythonProtocolException>(() => PythonHandshake.Response(Golden.Key, "{sha1}0123456789012345678901234567890123456789"u8));
        foreach (string digest in (string[])["md5", "sha256", "sha384"])
        {
            byte[] challenge = System.Text.Encoding.ASCII.GetBytes($"{{{digest}}}0123456789012345678901234567890123456789");
            byte[] response = PythonHandshake.Response(Golden.Key, challenge);
            Assert.StartsWith($"{{{digest}}}", System.Text.Encoding.ASCII.GetString(response), StringComparison.Ordinal);
            Assert.True(PythonHandshake.IsProof(Golden.Key, challenge, response));
        }
    }

    private static object?[] Read(byte[] pickle) => Assert.IsType<object?[]>(PickleReader.Read(pickle, 256));
}
