namespace Multiprocessing;

/// <summary>An array of bytes, text, records, dates, or numbers that .NET has not: its elements are raw spans.</summary>
internal sealed class RawArray(ArrayPlace place) : SharedArray(place);
