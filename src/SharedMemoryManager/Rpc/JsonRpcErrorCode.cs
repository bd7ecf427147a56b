namespace Multiprocessing;

/// <summary>The codes of errors on the wire: JSON-RPC 2.0's own, and ours, outside the range that it reserves.</summary>
internal enum JsonRpcErrorCode
{
    /// <summary>The message was no JSON.</summary>
    ParseError = -32700,

    /// <summary>It was JSON, but no request.</summary>
    InvalidRequest = -32600,

    /// <summary>There is no such method.</summary>
    MethodNotFound = -32601,

    /// <summary>The parameters do not fit the method.</summary>
    InvalidParams = -32602,

    /// <summary>The method failed.</summary>
    InvocationError = -32000,

    /// <summary>The caller has not said hello with the right token.</summary>
    Unauthorized = 1,

    /// <summary>There is no such object: nobody refers to it any more, or there never was one.</summary>
    ObjectNotFound = 10,

    /// <summary>The object is of another kind.</summary>
    WrongKind = 11,

    /// <summary>The object, or all of them, would be too large; or there is no room for their journal.</summary>
    ObjectLimit = 12,

    /// <summary>The list has no such place.</summary>
    IndexOutOfRange = 13,

    /// <summary>A later call of this client was answered already, so this one's answer is not kept any more.</summary>
    NumberPassed = 14,

    /// <summary>The server does not let its clients do that.</summary>
    NotAllowed = 15,
}
