namespace Multiprocessing;

/// <summary>The kinds of objects that a server holds, by their names on the wire.</summary>
internal static class ObjectKinds
{
    internal const string Dictionary = "dictionary";
    internal const string List = "list";
    internal const string Namespace = "namespace";
}
