namespace Multiprocessing.Bench;

/// <summary>Messages of 8, 16, 32 and 64 bytes, all of which is written, and read.</summary>
internal static class Numbered
{
    internal readonly record struct M8(long Number) : INumbered<M8>
    {
        public static M8 Of(long number) => new(number);

        public bool Is(long number) => Number == number;
    }

    internal readonly record struct M16(long Number, long B) : INumbered<M16>
    {
        public static M16 Of(long number) => new(number, number);

        public bool Is(long number) => ((Number ^ number) | (B ^ number)) == 0;
    }

    internal readonly record struct M32(long Number, M8 B, M16 C) : INumbered<M32>
    {
        public static M32 Of(long number) => new(number, M8.Of(number), M16.Of(number));

        public bool Is(long number) => Number == number & B.Is(number) & C.Is(number);
    }

    internal readonly record struct M64(long Number, M8 B, M16 C, M32 D) : INumbered<M64>
    {
        public static M64 Of(long number) => new(number, M8.Of(number), M16.Of(number), M32.Of(number));

        public bool Is(long number) => Number == number & B.Is(number) & C.Is(number) & D.Is(number);
    }
}
