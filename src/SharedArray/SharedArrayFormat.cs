namespace Multiprocessing;

/// <summary>Which of the two footers a new array gets. Both are read.</summary>
/// <remarks>
/// The extension's footer has room for as many dimensions as the numpy that it was compiled with allows, and each build attaches to arrays of its
/// own kind only.
/// </remarks>
public enum SharedArrayFormat
{
    /// <summary>292 bytes, up to 32 dimensions: builds for NumPy 1.</summary>
    NumPy1,

    /// <summary>548 bytes, up to 64 dimensions: builds for NumPy 2.</summary>
    NumPy2,
}
