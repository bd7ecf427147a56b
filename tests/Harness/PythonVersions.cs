using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// The versions of Python that a theory runs with: <c>[Theory, ClassData(typeof(PythonVersions))]</c>, then <see cref="Python.Get"/>.
/// A constant list, so that a missing version shows as a skipped test and not as none.
/// </summary>
public sealed class PythonVersions : TheoryData<string>
{
    /// <summary>Fills in the versions.</summary>
    public PythonVersions()
        : base("3.9", "3.10", "3.11", "3.12", "3.13")
    {
    }
}
