using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>Values of 1, 2, 4 and 8 bytes.</content>
/// <remarks>At a multiple of their size they need no lock. Elsewhere reads and writes are as those of bytes, and the rest enters the lock to write.</remarks>
public sealed unsafe partial class SharedArea
{
    /// <summary>Reads a byte as a signed number.</summary>
    /// <param name="position">Where it begins, in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the area.</exception>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public sbyte Read8(long position) => ReadValue<sbyte>(position);

    /// <summary>Reads a byte as an unsigned number.</summary>
    /// <inheritdoc cref="Read8"/>
    public byte ReadU8(long position) => ReadValue<byte>(position);

    /// <summary>Reads 2 bytes as a signed number.</summary>
    /// <inheritdoc cref="Read8"/>
    public short Read16(long position) => ReadValue<short>(position);

    /// <summary>Reads 2 bytes as an unsigned number.</summary>
    /// <inheritdoc cref="Read8"/>
    public ushort ReadU16(long position) => ReadValue<ushort>(position);

    /// <summary>Reads 4 bytes as a signed number.</summary>
    /// <inheritdoc cref="Read8"/>
    public int Read32(long position) => ReadValue<int>(position);

    /// <summary>Reads 4 bytes as an unsigned number.</summary>
    /// <inheritdoc cref="Read8"/>
    public uint ReadU32(long position) => ReadValue<uint>(position);

    /// <summary>Reads 8 bytes as a signed number.</summary>
    /// <inheritdoc cref="Read8"/>
    public long Read64(long position) => ReadValue<long>(position);

    /// <summary>Reads 8 bytes as an unsigned number.</summary>
    /// <inheritdoc cref="Read8"/>
    public ulong ReadU64(long position) => ReadValue<ulong>(position);

    /// <summary>Writes a byte.</summary>
    /// <param name="position">Where it begins, in bytes.</param>
    /// <param name="value">What is written.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the area; nothing is written.</exception>
    /// <exception cref="LockRecursionException">The calling thread is in the lock to read.</exception>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public void Write8(long position, sbyte value) => WriteValue(position, value);

    /// <summary>Writes a byte.</summary>
    /// <inheritdoc cref="Write8(long, sbyte)"/>
    public void Write8(long position, byte value) => WriteValue(position, value);

    /// <summary>Writes 2 bytes.</summary>
    /// <inheritdoc cref="Write8(long, sbyte)"/>
    public void Write16(long position, short value) => WriteValue(position, value);

    /// <summary>Writes 2 bytes.</summary>
    /// <inheritdoc cref="Write8(long, sbyte)"/>
    public void Write16(long position, ushort value) => WriteValue(position, value);

    /// <summary>Writes 4 bytes.</summary>
    /// <inheritdoc cref="Write8(long, sbyte)"/>
    public void Write32(long position, int value) => WriteValue(position, value);

    /// <summary>Writes 4 bytes.</summary>
    /// <inheritdoc cref="Write8(long, sbyte)"/>
    public void Write32(long position, uint value) => WriteValue(position, value);

    /// <summary>Writes 8 bytes.</summary>
    /// <inheritdoc cref="Write8(long, sbyte)"/>
    public void Write64(long position, long value) => WriteValue(position, value);

    /// <summary>Writes 8 bytes.</summary>
    /// <inheritdoc cref="Write8(long, sbyte)"/>
    public void Write64(long position, ulong value) => WriteValue(position, value);

    /// <summary>Adds to a byte. It wraps at the ends of its range.</summary>
    /// <param name="position">Where it begins, in bytes.</param>
    /// <param name="amount">What is added.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the area; nothing is changed.</exception>
    /// <exception cref="LockRecursionException">The calling thread is in the lock to read.</exception>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public sbyte Increment8(long position, sbyte amount = 1) => AddValue(position, amount);

    /// <summary>Subtracts from a byte. It wraps at the ends of its range.</summary>
    /// <param name="position">Where it begins, in bytes.</param>
    /// <param name="amount">What is subtracted.</param>
    /// <inheritdoc cref="Increment8"/>
    public sbyte Decrement8(long position, sbyte amount = 1) => AddValue(position, unchecked((sbyte)-amount));

    /// <summary>Adds to 2 bytes. It wraps at the ends of its range.</summary>
    /// <inheritdoc cref="Increment8"/>
    public short Increment16(long position, short amount = 1) => AddValue(position, amount);

    /// <summary>Subtracts from 2 bytes. It wraps at the ends of its range.</summary>
    /// <inheritdoc cref="Decrement8"/>
    public short Decrement16(long position, short amount = 1) => AddValue(position, unchecked((short)-amount));

    /// <summary>Adds to 4 bytes. It wraps at the ends of its range.</summary>
    /// <inheritdoc cref="Increment8"/>
    public int Increment32(long position, int amount = 1) => AddValue(position, amount);

    /// <summary>Subtracts from 4 bytes. It wraps at the ends of its range.</summary>
    /// <inheritdoc cref="Decrement8"/>
    public int Decrement32(long position, int amount = 1) => AddValue(position, unchecked(-amount));

    /// <summary>Adds to 8 bytes. It wraps at the ends of its range.</summary>
    /// <inheritdoc cref="Increment8"/>
    public long Increment64(long position, long amount = 1) => AddValue(position, amount);

    /// <summary>Subtracts from 8 bytes. It wraps at the ends of its range.</summary>
    /// <inheritdoc cref="Decrement8"/>
    public long Decrement64(long position, long amount = 1) => AddValue(position, unchecked(-amount));

    /// <summary>Writes a byte if another value is there.</summary>
    /// <param name="position">Where it begins, in bytes.</param>
    /// <param name="value">What is written.</param>
    /// <param name="comparand">What must be there.</param>
    /// <returns>What was there: the comparand, if it was replaced.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the area; nothing is changed.</exception>
    /// <exception cref="LockRecursionException">The calling thread is in the lock to read.</exception>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public sbyte CompareExchange8(long position, sbyte value, sbyte comparand) => ExchangeValue(position, value, comparand);

    /// <summary>Writes 2 bytes if another value is there.</summary>
    /// <inheritdoc cref="CompareExchange8"/>
    public short CompareExchange16(long position, short value, short comparand) => ExchangeValue(position, value, comparand);

    /// <summary>Writes 4 bytes if another value is there.</summary>
    /// <inheritdoc cref="CompareExchange8"/>
    public int CompareExchange32(long position, int value, int comparand) => ExchangeValue(position, value, comparand);

    /// <summary>Writes 8 bytes if another value is there.</summary>
    /// <inheritdoc cref="CompareExchange8"/>
    public long CompareExchange64(long position, long value, long comparand) => ExchangeValue(position, value, comparand);
}
