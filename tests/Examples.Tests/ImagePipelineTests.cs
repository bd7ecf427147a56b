using System.Buffers.Binary;
using System.IO.Compression;

namespace Multiprocessing.Tests;

/// <summary>examples/ImagePipeline against the same two steps, computed here from the picture by other means.</summary>
public sealed class ImagePipelineTests
{
    [Fact]
    public void The_png_is_the_picture_stretched_by_Python_and_sharpened_by_dotnet() => Watchdog.Run(() =>
    {
        Python python = Python.WithNumpy;
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        string png = Path.Combine(folder.Path, "relief.png");
        string pgm = Path.Combine(AppContext.BaseDirectory, "relief.pgm");

        string[] lines = Example.Lines(Example.Run("ImagePipeline", "--python", python.Path, pgm, png));

        Assert.Collection(
            lines,
            static line => Assert.Matches(@"^array    float32 256 x 256 in 'psm_[0-9a-f]{8}'$", line),
            static line => Assert.Matches(@"^before   mean 103\.345, deviation 22\.110$", line),
            line => Assert.StartsWith($"python   Python {python.Version.ToString(2)} with numpy ", line, StringComparison.Ordinal),
            static line => Assert.Equal(".NET 10 sharpened 256 rows of 256", line["dotnet   ".Length..]),
            static line => Assert.Matches(@"^after    mean 0\.\d{3}, deviation 0\.\d{3}$", line),
            line => Assert.Equal($"written  {png}, {new FileInfo(png).Length} bytes", line));
        double[,] expected = Sharpened(Stretched(Picture(pgm)));
        byte[,] actual = Decode(File.ReadAllBytes(png));
        Assert.Equal((256, 256), (actual.GetLength(0), actual.GetLength(1)));
        for (int y = 0; y < 256; y++)
        {
            for (int x = 0; x < 256; x++)
            {
                // Floats here and doubles there: half a level may go either way.
                Assert.InRange(actual[y, x], (255 * expected[y, x]) - 0.51, (255 * expected[y, x]) + 0.51);
            }
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void What_is_wrong_is_said_and_nothing_is_left() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        string noImage = folder.File("x.pgm", "P5 3 3 255 12"u8.ToArray());
        Assert.Equal((1, $"ImagePipeline: {noImage} is no PGM of 255 levels."), Said("ImagePipeline", noImage));
        Assert.Equal((1, "ImagePipeline: /bin/false is no Python with numpy."), Said("ImagePipeline", "--python", "/bin/false"));
        Assert.Equal((2, "usage: ImagePipeline [--python PATH] [IMAGE.pgm] [RESULT.png]"), Said("ImagePipeline", "a", "b", "c"));
        before.AssertUnchanged();
    });

    private static (int ExitCode, string Error) Said(string example, params string[] arguments)
    {
        ProcessResult result = Example.Run(example, arguments);
        return (result.ExitCode, result.Error);
    }

    private static double[,] Picture(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        var picture = new double[256, 256];
        for (int i = 0; i < 65536; i++)
        {
            picture[i / 256, i % 256] = file[file.Length - 65536 + i];
        }

        return picture;
    }

    /// <summary>Percentiles as numpy's default takes them: between two neighbours, in proportion.</summary>
    private static double[,] Stretched(double[,] picture)
    {
        double[] sorted = [.. picture.Cast<double>().Order()];
        double Percentile(double p)
        {
            double at = p / 100 * (sorted.Length - 1);
            int below = (int)at;
            return sorted[below] + ((sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]) * (at - below));
        }

        double low = Percentile(1), high = Percentile(99);
        return Map(picture, (_, _, value) => (Math.Clamp(value, low, high) - low) / (high - low));
    }

    private static double[,] Sharpened(double[,] picture) => Map(picture, (y, x, value) =>
    {
        double sum = 0;
        for (int dy = -1; dy <= 1; dy++)
        {
            for (int dx = -1; dx <= 1; dx++)
            {
                sum += picture[Math.Clamp(y + dy, 0, 255), Math.Clamp(x + dx, 0, 255)];
            }
        }

        return Math.Clamp((2 * value) - (sum / 9), 0, 1);
    });

    private static double[,] Map(double[,] picture, Func<int, int, double, double> f)
    {
        var result = new double[256, 256];
        for (int i = 0; i < 65536; i++)
        {
            result[i / 256, i % 256] = f(i / 256, i % 256, picture[i / 256, i % 256]);
        }

        return result;
    }

    /// <summary>Reads a gray PNG without filters; checks signature, chunks and the checksum of zlib.</summary>
    private static byte[,] Decode(byte[] png)
    {
        Assert.Equal("89504e470d0a1a0a", Convert.ToHexStringLower(png[..8]));
        var data = new MemoryStream();
        var types = new List<string>();
        int width = 0, height = 0;
        for (int at = 8; at < png.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            string type = System.Text.Encoding.ASCII.GetString(png, at + 4, 4);
            byte[] chunk = png[(at + 8)..(at + 8 + length)];
            types.Add(type);
            if (type == "IHDR")
            {
                width = BinaryPrimitives.ReadInt32BigEndian(chunk);
                height = BinaryPrimitives.ReadInt32BigEndian(chunk.AsSpan(4));
                Assert.Equal([8, 0, 0, 0, 0], chunk[8..]);
            }
            else if (type == "IDAT")
            {
                data.Write(chunk);
            }

            at += 12 + length;
        }

        Assert.Equal(["IHDR", "IDAT", "IEND"], types);
        data.Position = 0;
        var raw = new MemoryStream();
        new ZLibStream(data, CompressionMode.Decompress).CopyTo(raw);
        byte[] lines = raw.ToArray();
        Assert.Equal(height * (width + 1), lines.Length);
        var pixels = new byte[height, width];
        for (int y = 0; y < height; y++)
        {
            Assert.Equal(0, lines[y * (width + 1)]);
            for (int x = 0; x < width; x++)
            {
                pixels[y, x] = lines[(y * (width + 1)) + 1 + x];
            }
        }

        return pixels;
    }
}
