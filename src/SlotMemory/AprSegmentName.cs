using System.Globalization;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// The name that the Apache Portable Runtime gives a shared memory segment for a file name: <c>ShM.</c>, a hash in hex, <c>H</c>, another hash in hex
/// (APR 1.7, shmem/unix/shm.c, make_shm_open_safe_name).
/// </summary>
internal static class AprSegmentName
{
    private const uint Times33 = 33;
    private const uint SedgwickA = 63689;
    private const uint SedgwickB = 378551;

    internal static string Of(string fileName)
    {
        uint times33 = 0;
        uint sedgwick = 0;
        uint factor = SedgwickA;
        foreach (byte b in Encoding.UTF8.GetBytes(fileName))
        {
            times33 = (times33 * Times33) + b;
            sedgwick = unchecked((sedgwick * factor) + (uint)(sbyte)b);
            factor *= SedgwickB;
        }

        return string.Create(CultureInfo.InvariantCulture, $"ShM.{times33:x}H{sedgwick:x}");
    }
}
