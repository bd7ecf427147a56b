namespace Multiprocessing.Tests;

/// <summary>Areas, files and processes that are gone at the end of a test, whatever became of it.</summary>
internal sealed class Scratch : ScratchSpace
{
    public SharedArea Area(long size = 4096) => Area(new SharedAreaOptions { Size = size });

    public SharedArea Area(SharedAreaOptions options)
    {
        SharedArea area = Keep(SharedArea.Create(options));
        if (options.File is null && options.FileDescriptor is null)
        {
            Adopt(area.Name);
        }

        return area;
    }

    /// <summary>The same area once more, as another process would see it.</summary>
    public SharedArea Again(SharedArea area) => Keep(SharedArea.Attach(area.Name));

    /// <summary>The control words, or whatever else is in the area's own block.</summary>
    public SharedMemory Words(SharedArea area) => Keep(SharedMemory.Attach(area.Name));

    /// <summary>The path of a new file of so many zeros.</summary>
    public string NewFile(long size)
    {
        string path = NewPath();
        using FileStream file = File.Create(path);
        file.SetLength(size);
        return path;
    }

    public ChildProcess Child(string verb, params string[] args)
    {
        ChildProcess child = Keep(ChildProcess.Start(verb, args));
        return child;
    }

    protected override void AfterUnlink()
    {
        // What was killed has left its lease, and files that were areas of killed processes alone their control words. This process's own lease, which
        // nothing needs any more, would stay until its end and look like a leak until then.
        ProcessLease.Abandon();
        ProcessLease.RemoveDead();
        foreach (string path in Directory.EnumerateFiles(Folder))
        {
            SharedMemory.TryUnlink($"psm_area_{FileIdentity.Of(path)}");
        }
    }

    /// <summary>Runs on a thread of its own, to its end.</summary>
    public static void OnAnotherThread(Action body)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(body));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
