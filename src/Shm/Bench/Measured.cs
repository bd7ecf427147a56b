using System.Globalization;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary>What a measure gave: the nanoseconds of one operation, by samples of so many operations each.</summary>
/// <param name="Name">Its stable name.</param>
/// <param name="Does">What is done once.</param>
/// <param name="Median">The median of the samples.</param>
/// <param name="Least">The least of them.</param>
/// <param name="Most">The most.</param>
/// <param name="Samples">How many there were.</param>
/// <param name="Operations">How many operations each had.</param>
internal sealed record Measured(string Name, string Does, double Median, double Least, double Most, int Samples, int Operations)
{
    private static readonly Column<Measured>[] Columns =
    [
        new("name", static row => row.Name),
        new("does", static row => row.Does),
        new("medianNanoseconds", static row => Math.Round(row.Median, 2)),
        new("minNanoseconds", static row => Math.Round(row.Least, 2)),
        new("maxNanoseconds", static row => Math.Round(row.Most, 2)),
        new("samples", static row => row.Samples),
        new("operationsPerSample", static row => row.Operations),
    ];

    /// <summary>Writes all of them.</summary>
    internal static void Write(IReadOnlyList<Measured> all, OutputFormat format) => RowsOutput.Write(format, Columns, all, WriteTable);

    private static void WriteTable(IReadOnlyList<Measured> all)
    {
        var table = new TextTable("MEASURE", ">MEDIAN", ">MIN", ">MAX", "ONCE IS");
        foreach (Measured row in all)
        {
            table.Add(Colour.None, row.Name, Time(row.Median), Time(row.Least), Time(row.Most), row.Does);
        }

        var text = new StringBuilder();
        table.WriteTo(text);
        Screen.Write(text.ToString());
    }

    /// <summary>Three digits: the noise is larger than the fourth.</summary>
    private static string Time(double nanoseconds)
    {
        (double scale, string unit) = nanoseconds switch
        {
            < 1e3 => (1.0, "ns"),
            < 1e6 => (1e3, "us"),
            _ => (1e6, "ms"),
        };
        double value = nanoseconds / scale;
        return value.ToString(value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture) + " " + unit;
    }
}
