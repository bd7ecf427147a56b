using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Multiprocessing.Tests;

/// <summary>A real Apache on the loopback with a balancer that is kept in files: what it has in shared memory and what it leaves.</summary>
[Collection(Alone.Name)]
public sealed partial class HttpdTests
{
    private const string Program = "/usr/sbin/apache2";
    private const string Modules = "/usr/lib/apache2/modules";

    [Fact]
    public void A_live_balancers_workers_are_seen_and_its_files_are_read() => Watchdog.Run(TimeSpan.FromMinutes(3), () =>
    {
        Peer.Require(File.Exists(Program) && File.Exists($"{Modules}/mod_proxy_balancer.so"), $"{Program} with mod_proxy_balancer (Debian: apache2)");
        using var scratch = new Scratch();
        string log = Path.Combine(scratch.Folder, "error.log");
        int port = FreePort();
        string configuration = Path.Combine(scratch.Folder, "httpd.conf");
        File.WriteAllText(configuration, Configuration(scratch.Folder, port));
        File.WriteAllText(log, "");
        string[] files;
        using (Process httpd = Process.Start(new ProcessStartInfo(Program, ["-d", scratch.Folder, "-f", configuration, "-DFOREGROUND"]) { RedirectStandardError = true })!)
        {
            try
            {
                Eventually.True(() => Answers(port), "httpd answers", TimeSpan.FromSeconds(60));
                files = [.. CreatedFile().Matches(ReadShared(log)).Select(static match => match.Groups[1].Value).Distinct()];
                Assert.True(files.Length > 0, ReadShared(log));

                var found = new List<string>();
                foreach (string file in files)
                {
                    using HttpdSlotMemory table = HttpdSlotMemory.Attach(file);
                    Assert.StartsWith(scratch.Folder + "/slotmem-shm-", file, StringComparison.Ordinal);
                    Assert.Equal(9, table.Type);
                    Assert.Equal(table.Block.Size, 8 + 24 + ((long)table.SlotSize * table.Count) + table.Count);
                    table.ForEachReadOnly((index, slot) =>
                    {
                        string text = Encoding.Latin1.GetString(slot);
                        found.AddRange(Workers.Where(worker => text.Contains(worker, StringComparison.Ordinal) && table.IsInUse(index)));
                        return true;
                    });
                }

                Assert.Equal(Workers, found.Order(StringComparer.Ordinal).Distinct());
            }
            finally
            {
                // As "apachectl stop": the parent writes the files and removes the segments.
                Signals.Send(httpd.Id, Signals.Terminate);
                if (!httpd.WaitForExit(TimeSpan.FromSeconds(30)))
                {
                    httpd.Kill(entireProcessTree: true);
                }
            }
        }

        string[] kept = Directory.GetFiles(scratch.Folder, "slotmem-shm-*.shm.persist");
        Assert.Equal(files.Length, kept.Length);
        var keptWorkers = new List<string>();
        foreach (string path in kept)
        {
            SlotMemoryFile file = SlotMemoryFile.Read(path);
            Assert.Equal(9, file.Type);
            for (int i = 0; i < file.Count; i++)
            {
                Assert.False(file.IsInUse(i));
                string text = Encoding.Latin1.GetString(file.Slot(i));
                keptWorkers.AddRange(Workers.Where(worker => text.Contains(worker, StringComparison.Ordinal)));
            }

            // And ours goes on with it, byte for byte.
            byte[] bytes = File.ReadAllBytes(path);
            SlotMemory ours = scratch.Table(file.SlotSize, file.Count, new() { Persist = path, ClearInUse = true });
            Assert.Equal(SlotMemoryRestoreOutcome.Restored, ours.Restore.Outcome);
            ours.Save();
            Assert.Equal(bytes, File.ReadAllBytes(path));
        }

        Assert.Equal(Workers, keptWorkers.Order(StringComparer.Ordinal).Distinct());
        Assert.All(files, file => Assert.Throws<FileNotFoundException>(() => HttpdSlotMemory.Attach(file)));
    });

    private static string[] Workers => ["worker-one.invalid", "worker-two.invalid"];

    private static string Configuration(string folder, int port) => string.Create(CultureInfo.InvariantCulture, $"""
        ServerName localhost
        Listen 127.0.0.1:{port}
        PidFile {folder}/httpd.pid
        ErrorLog {folder}/error.log
        LogLevel warn slotmem_shm:debug
        DefaultRuntimeDir {folder}
        Mutex file:{folder} default
        LoadModule mpm_event_module {Modules}/mod_mpm_event.so
        LoadModule authz_core_module {Modules}/mod_authz_core.so
        LoadModule slotmem_shm_module {Modules}/mod_slotmem_shm.so
        LoadModule proxy_module {Modules}/mod_proxy.so
        LoadModule proxy_http_module {Modules}/mod_proxy_http.so
        LoadModule proxy_balancer_module {Modules}/mod_proxy_balancer.so
        LoadModule lbmethod_byrequests_module {Modules}/mod_lbmethod_byrequests.so
        StartServers 1
        <IfModule unixd_module>
          User nobody
          Group nogroup
        </IfModule>
        BalancerPersist On
        <Proxy balancer://ours>
          BalancerMember http://worker-one.invalid:8001
          BalancerMember http://worker-two.invalid:8002
        </Proxy>
        ProxyPass /app balancer://ours

        """);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"AH02300: create (/\S+): \d+/\d+", RegexOptions.CultureInvariant)]
    private static partial Regex CreatedFile();
}
