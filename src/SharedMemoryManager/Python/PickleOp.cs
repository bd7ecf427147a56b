namespace Multiprocessing;

/// <summary>
/// The opcodes of <c>pickle</c> (protocols 0 to 5) that make values out of nothing but bytes. Those that name a class or call something are not
/// among them: who does not know them cannot be made to do them.
/// </summary>
internal static class PickleOp
{
    internal const byte Protocol = 0x80;
    internal const byte Frame = 0x95;
    internal const byte Stop = (byte)'.';
    internal const byte Mark = (byte)'(';

    internal const byte None = (byte)'N';
    internal const byte True = 0x88;
    internal const byte False = 0x89;

    internal const byte IntegerLine = (byte)'I';
    internal const byte LongLine = (byte)'L';
    internal const byte Int32 = (byte)'J';
    internal const byte UInt8 = (byte)'K';
    internal const byte UInt16 = (byte)'M';
    internal const byte Long1 = 0x8a;

    internal const byte FloatLine = (byte)'F';
    internal const byte Float = (byte)'G';

    internal const byte TextLine = (byte)'V';
    internal const byte ShortText = 0x8c;
    internal const byte Text = (byte)'X';
    internal const byte Text8 = 0x8d;

    internal const byte ShortBytes = (byte)'C';
    internal const byte Bytes = (byte)'B';
    internal const byte Bytes8 = 0x8e;

    internal const byte EmptyTuple = (byte)')';
    internal const byte Tuple1 = 0x85;
    internal const byte Tuple2 = 0x86;
    internal const byte Tuple3 = 0x87;
    internal const byte Tuple = (byte)'t';

    internal const byte EmptyList = (byte)']';
    internal const byte List = (byte)'l';
    internal const byte Append = (byte)'a';
    internal const byte Appends = (byte)'e';

    internal const byte EmptyDictionary = (byte)'}';
    internal const byte Dictionary = (byte)'d';
    internal const byte SetItem = (byte)'s';
    internal const byte SetItems = (byte)'u';

    internal const byte PutLine = (byte)'p';
    internal const byte Put1 = (byte)'q';
    internal const byte Put4 = (byte)'r';
    internal const byte Memoize = 0x94;
    internal const byte GetLine = (byte)'g';
    internal const byte Get1 = (byte)'h';
    internal const byte Get4 = (byte)'j';
}
