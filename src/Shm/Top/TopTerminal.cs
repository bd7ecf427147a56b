using System.Runtime.InteropServices;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary>
/// The terminal while <c>shm top</c> has it: its other screen, without a cursor. It is given back at the end, at a signal that ends the program, and while that is
/// stopped (Ctrl-Z).
/// </summary>
internal sealed class TopTerminal : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private static readonly TimeSpan KeyPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly List<IDisposable> _signals = [];
    private volatile bool _hasEnded;
    private volatile bool _changed;
    private bool _hasScreen;

    internal TopTerminal()
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _hasEnded = true;
            }));
        }

        _signals.AddRange(OwnProcess.WatchTerminal(() => TakeScreen(false), () => TakeScreen(true), () => _changed = true));
        TakeScreen(true);
    }

    /// <summary>Draws a frame; what does not fit is cut.</summary>
    internal void Draw(Func<int, List<string>> frame)
    {
        Screen.Measure();
        int height = Console.WindowHeight;
        int width = Console.WindowWidth;
        var text = new StringBuilder("\e[H");
        List<string> lines = frame(height);
        for (int i = 0; i < Math.Min(lines.Count, height); i++)
        {
            text.Append(i == 0 ? "" : "\r\n").Append(Visible(lines[i], width)).Append("\e[0m\e[K");
        }

        lock (_lock)
        {
            if (_hasScreen)
            {
                Screen.Write(text.Append("\e[J").ToString());
            }
        }
    }

    /// <summary>Waits for a key until a time has passed: the key; null for none. A terminal that has changed ends the wait, too.</summary>
    /// <param name="time">How long.</param>
    /// <param name="hasEnded">Whether the program was asked to end.</param>
    internal char? WaitForKey(TimeSpan time, out bool hasEnded)
    {
        long end = Environment.TickCount64 + (long)time.TotalMilliseconds;
        while (!_hasEnded && !_changed && Environment.TickCount64 < end && !OwnProcess.OutputIsClosed)
        {
            if (!Console.IsInputRedirected && Console.KeyAvailable)
            {
                hasEnded = false;
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                return key.Key == ConsoleKey.Escape ? 'q' : key.KeyChar;
            }

            Thread.Sleep(KeyPause);
        }

        _changed = false;
        hasEnded = _hasEnded || OwnProcess.OutputIsClosed;
        return null;
    }

    public void Dispose()
    {
        TakeScreen(false);
        _signals.ForEach(static signal => signal.Dispose());
    }

    private void TakeScreen(bool take)
    {
        lock (_lock)
        {
            if (_hasScreen != take)
            {
                _hasScreen = take;
                Screen.Write(take ? Enter : Leave);
                _changed = true;
            }
        }
    }

    /// <summary>So much of a line as there is room for; what only says its colour takes none.</summary>
    private static string Visible(string line, int width)
    {
        int column = 0;
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '\e')
            {
                i = line.IndexOf('m', i);
            }
            else if (++column > width)
            {
                return line[..i];
            }
        }

        return line;
    }
}
