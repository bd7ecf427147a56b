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
}
