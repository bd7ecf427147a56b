using System.Text.Json.Serialization;

namespace Multiprocessing;

/// <summary>How what travels is written as JSON, made at compile time: no reflection, and nothing for a trimmer to lose.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(object[]))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(HelloParameters))]
[JsonSerializable(typeof(HelloResult))]
[JsonSerializable(typeof(ReadyNotification))]
[JsonSerializable(typeof(ReclaimedNotification))]
[JsonSerializable(typeof(SharedMemoryShutdownReport))]
[JsonSerializable(typeof(ManagedObjectInfo[]))]
[JsonSerializable(typeof(TrackBatch))]
[JsonSerializable(typeof(TrackParameters))]
[JsonSerializable(typeof(TrackedBlock[]))]
internal sealed partial class ManagerJson : JsonSerializerContext;
