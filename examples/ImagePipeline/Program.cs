// Three processes on one image, without a copy: dotnet run --project examples/ImagePipeline -- [--python PATH] [IMAGE.pgm] [RESULT.png]
//
// This one puts the picture into a shared array and takes the result out. In between a stock Python with numpy stretches the contrast in place, and
// another .NET process sharpens in place.
using System.Diagnostics;
using ImagePipeline;
using Multiprocessing;

const string SharpenVerb = "--sharpen";

if (args is [SharpenVerb, string name])
{
    using SharedArray<float> shared = SharedArray<float>.Attach(name);
    Sharpener.Sharpen(shared);
    Console.WriteLine($".NET {Environment.Version.Major} sharpened {shared.Shape[0]} rows of {shared.Shape[1]}");
    return 0;
}

string? python = null;
string[] files = args;
if (args is ["--python", string asked, .. string[] rest])
{
    (python, files) = (asked, rest);
}

if (files.Length > 2 || files.Any(static file => file.StartsWith('-') || file.Length == 0))
{
    Console.Error.WriteLine("usage: ImagePipeline [--python PATH] [IMAGE.pgm] [RESULT.png]");
    return 2;
}

string source = files.Length > 0 ? files[0] : Path.Combine(AppContext.BaseDirectory, "relief.pgm");
string result = files.Length > 1 ? files[1] : Path.ChangeExtension(Path.GetFileName(source), ".png");
try
{
    (int height, int width, byte[] pixels) = GrayImage.Read(source);
    using SharedArray<float> image = SharedArray<float>.Create(null, [height, width]);
    try
    {
        for (int i = 0; i < pixels.Length; i++)
        {
            image.AsSpan()[i] = pixels[i];
        }

        Console.WriteLine($"array    {image.ElementType} {image.Shape[0]} x {image.Shape[1]} in '{image.Name}'");
        Console.WriteLine($"before   {Summary(image)}");
        Console.WriteLine($"python   {Run(FindPython(python), Path.Combine(AppContext.BaseDirectory, "stretch.py"), image.Name)}");
        Console.WriteLine($"dotnet   {Run(Environment.ProcessPath!, [.. Self(), SharpenVerb, image.Name])}");
        Console.WriteLine($"after    {Summary(image)}");
        PngFile.Write(result, image);
        Console.WriteLine($"written  {result}, {new FileInfo(result).Length} bytes");
    }
    finally
    {
        image.Unlink();
    }

    return 0;
}
catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
{
    Console.Error.WriteLine($"ImagePipeline: {e.Message}");
    return 1;
}

static string Summary(SharedArray<float> image) => FormattableString.Invariant(
    $"mean {System.Numerics.Tensors.TensorPrimitives.Average(image.AsReadOnlySpan()):0.000}, deviation {System.Numerics.Tensors.TensorPrimitives.StdDev(image.AsReadOnlySpan()):0.000}");

// This program once more: by its own executable, or by the dotnet host that runs it.
static string[] Self() =>
    Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "ImagePipeline.dll")] : [];

// The first one with numpy; Debian's has it by the package python3-numpy.
static string FindPython(string? asked)
{
    IEnumerable<string> all = asked is not null
        ? [asked]
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(static folder => Path.Combine(folder, "python3")).Append("/usr/bin/python3").Where(File.Exists).Distinct();
    return all.FirstOrDefault(HasNumpy)
        ?? throw new FileNotFoundException(asked is null ? "there is no python3 with numpy." : $"{asked} is no Python with numpy.");
}

static bool HasNumpy(string python)
{
    if (!File.Exists(python))
    {
        return false;
    }

    using Process probe = Process.Start(new ProcessStartInfo(python, ["-c", "import numpy"]) { RedirectStandardError = true })!;
    probe.StandardError.ReadToEnd();
    probe.WaitForExit();
    return probe.ExitCode == 0;
}

static string Run(string program, params string[] arguments)
{
    using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
    string output = process.StandardOutput.ReadToEnd().TrimEnd();
    process.WaitForExit();
    return process.ExitCode == 0 ? output : throw new InvalidDataException($"{Path.GetFileName(program)} ended with exit code {process.ExitCode}.");
}
