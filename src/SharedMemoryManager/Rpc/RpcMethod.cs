using System.Text.Json;

namespace Multiprocessing;

/// <summary>A served method: reads its parameters and writes its result, one JSON value.</summary>
internal delegate void RpcMethod(RpcArguments arguments, Utf8JsonWriter result);
