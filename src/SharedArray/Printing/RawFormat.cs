using System.Globalization;
using System.Text;

namespace Multiprocessing;

/// <summary>Raw bytes, each as two hexadecimal digits: <c>b'\x01\xFF'</c>.</summary>
internal sealed class RawFormat(SharedArray array) : ElementFormat(array)
{
    internal override string InArray(long offset)
    {
        var text = new StringBuilder("b'");
        foreach (byte b in Bytes(offset))
        {
            text.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
        }

        return text.Append('\'').ToString();
    }
}
