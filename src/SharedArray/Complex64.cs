using System.Numerics;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>numpy's <c>complex64</c>: two floats. (<c>complex128</c> is <see cref="Complex"/>.)</summary>
/// <param name="Real">The real part.</param>
/// <param name="Imaginary">The imaginary part.</param>
/// <remarks>Layout: the real part at 0, the imaginary part at 4. It is for storage: to compute, convert to <see cref="Complex"/>.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Complex64(float Real, float Imaginary)
{
    /// <summary>The same number in double precision.</summary>
    public static implicit operator Complex(Complex64 value) => value.ToComplex();

    /// <summary>The nearest number in single precision.</summary>
    public static explicit operator Complex64(Complex value) => FromComplex(value);

    /// <summary>The nearest number in single precision.</summary>
    public static Complex64 FromComplex(Complex value) => new((float)value.Real, (float)value.Imaginary);

    /// <summary>The same number in double precision.</summary>
    public Complex ToComplex() => new(Real, Imaginary);
}
