namespace Multiprocessing.Shm;

/// <summary>How rows are written.</summary>
internal enum OutputFormat
{
    /// <summary>For people: columns, and colours where the terminal has them and NO_COLOR is not set.</summary>
    Table,

    /// <summary>For programs: one JSON document with the fields of docs/shm.md.</summary>
    Json,

    /// <summary>For programs: RFC 4180, with a header line.</summary>
    Csv,
}
