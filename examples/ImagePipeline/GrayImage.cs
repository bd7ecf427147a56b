using System.Globalization;
using System.Text;

namespace ImagePipeline;

/// <summary>Reads binary PGM (netpbm's <c>P5</c>) with up to 255 levels.</summary>
internal static class GrayImage
{
    /// <exception cref="InvalidDataException">It is not one.</exception>
    internal static (int Height, int Width, byte[] Pixels) Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int position = 0;
        string magic = Word(file, ref position);
        int width = Number(file, ref position);
        int height = Number(file, ref position);
        int most = Number(file, ref position);
        if (magic != "P5" || most != byte.MaxValue || width < 1 || height < 1 || file.Length - position != (long)width * height)
        {
            throw new InvalidDataException($"{path} is no PGM of 255 levels.");
        }

        return (height, width, file[position..]);
    }

    private static int Number(byte[] file, ref int position) =>
        int.TryParse(Word(file, ref position), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    /// <summary>The next word and the one space behind it; from a # on a line is a comment.</summary>
    private static string Word(byte[] file, ref int position)
    {
        var word = new StringBuilder();
        while (position < file.Length)
        {
            char c = (char)file[position++];
            if (c == '#')
            {
                int end = Array.IndexOf(file, (byte)'\n', position);
                position = end < 0 ? file.Length : end + 1;
            }
            else if (!char.IsWhiteSpace(c))
            {
                word.Append(c);
            }
            else if (word.Length > 0)
            {
                break;
            }
        }

        return word.ToString();
    }
}
