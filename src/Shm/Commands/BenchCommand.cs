using System.CommandLine;
using System.Runtime.InteropServices;

namespace Multiprocessing.Shm;

/// <summary><c>shm bench</c>: what this library costs on this machine.</summary>
internal static class BenchCommand
{
    private const string Details = """
        Takes some seconds. Each figure is the median of samples of about 5 ms, with their least and most; nobody is compared with: bench/peers of the sources does that.
        A machine that does other work meanwhile, or few processors, shows in the figures, in those between two processes first.

        Examples:
          shm bench
          shm bench --format csv > today.csv
        """;

    internal static Command Create()
    {
        var echo = new Option<string[]>(EchoProcess.EchoOption) { Arity = new ArgumentArity(2, 2), AllowMultipleArgumentsPerToken = true, Hidden = true };
        var bench = new Command("bench", "Measures, in some seconds, what blocks, lists, locks, rings and managers cost here.") { echo };
        bench.SetDetails(Details);
        bench.SetGuardedAction(result =>
        {
            if (result.GetValue(echo) is [string there, string back])
            {
                EchoProcess.Run(there, back);
                return ExitCode.Done;
            }

            return Run(result.GetValue(CommonOptions.Format));
        });
        return bench;
    }

    private static int Run(OutputFormat format)
    {
        using var cancellation = new CancellationTokenSource();
        PosixSignal? asked = null;
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            asked = context.Signal;
            cancellation.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        var measured = new List<Measured>();
        using (var self = new SelfMeasure())
        {
            SlowProgress.ForEach(self.All, "measuring", measure =>
            {
                if (measure.Take(cancellation.Token) is Measured one)
                {
                    measured.Add(one);
                }
            });
        }

        if (asked is PosixSignal signal)
        {
            return ExitCode.Signalled + CommandProcess.NumberOf(signal);
        }

        Measured.Write(measured, format);
        return ExitCode.Done;
    }
}
