namespace Multiprocessing.Tests;

/// <summary>The two ways in which messages travel over the pipe.</summary>
public enum Framing
{
    /// <summary><c>Content-Length</c> and JSON.</summary>
    Headers,

    /// <summary>Four bytes of length and MessagePack.</summary>
    Length,
}
