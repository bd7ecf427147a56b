namespace Multiprocessing.Tests;

/// <summary>All that a manager and a scope hand out: made in one way, listed by kind, gone at the end.</summary>
public sealed class CreateTests
{
    [Fact]
    public void A_manager_hands_out_every_kind_and_lists_it_with_size_owner_and_age() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start())
        {
            ISharedStructure[] made = EveryKind.Make(manager);
            IReadOnlyList<TrackedBlock> listed = manager.ListBlocks();
            Assert.Equal(
                EveryKind.All.Zip(made, (kind, one) => (one.Name, kind.Kind, one.Block.Size, Environment.ProcessId)).OrderBy(one => one.Name, StringComparer.Ordinal),
                listed.Select(block => (block.Name, block.Kind, block.Size, block.OwnerProcessId)));
            Assert.All(listed, block => Assert.InRange(block.Age, TimeSpan.Zero, TimeSpan.FromMinutes(2)));
            EveryKind.Dispose(made);
            Assert.Equal(made.Length, manager.ListBlocks().Count);
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void A_scope_of_an_owner_and_of_a_client_hands_out_every_kind_and_unlinks_it() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using var client = SharedMemoryManager.Connect(manager.Address);
        foreach (SharedMemoryManager source in (SharedMemoryManager[])[manager, client])
        {
            ISharedStructure[] made;
            using (SharedMemoryScope scope = source.BeginScope())
            {
                made = EveryKind.Make(scope);
                Assert.Equal(EveryKind.All.Select(kind => kind.Kind).Order(StringComparer.Ordinal), source.ListBlocks().Select(block => block.Kind).Order(StringComparer.Ordinal));
                made[0].Unlink();
            }

            Assert.All(made, one => Assert.False(SharedMemory.Exists(one.Name)));
            Assert.Empty(manager.ListBlocks());
            EveryKind.Dispose(made);
        }
    });

    [Fact]
    public void What_is_handed_out_is_released_by_name_early_and_each_keeps_working_where_it_is_mapped() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        ISharedStructure[] made = EveryKind.Make(manager);
        Array.ForEach(made, one => manager.Release(one.Name));
        Assert.Empty(manager.ListBlocks());
        ((SharedArray<double>)made[2])[1, 1] = 4;
        Assert.Equal(4, ((SharedArray<double>)made[2])[1, 1]);
        ((SharedQueue<string>)made[12]).Put("still");
        Assert.Equal("still", ((SharedQueue<string>)made[12]).Get());
        ((SharedValue<double>)made[14]).Value = 7;
        Assert.Equal(7, ((SharedValue<double>)made[14]).Value);
        EveryKind.Dispose(made);
    });

    [Fact]
    public void A_restarted_server_knows_every_kind_and_loses_no_block() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start())
        {
            using var client = SharedMemoryManager.Connect(manager.Address);
            ISharedStructure[] made = [.. EveryKind.Make(manager), .. EveryKind.Make(client)];
            IEnumerable<(string, string, long)> expected =
                [.. EveryKind.All.Concat(EveryKind.All).Zip(made, (kind, one) => (one.Name, kind.Kind, one.Block.Size)).OrderBy(one => one.Name, StringComparer.Ordinal)];
            Assert.Equal(made.Length, manager.ListBlocks().Count);
            _ = client.ListBlocks();
            int server = manager.ServerProcessId;
            Assert.True(Signals.Send(server, Signals.Kill));
            Eventually.True(() => !Processes.Alive(server).Any() && manager.ServerProcessId != server, "the next server");

            // The client tells the next server what it made when it finds it.
            Eventually.True(() => manager.ListBlocks().All(block => block.OwnerProcessId != 0), "the client has told");
            Assert.Equal(expected, manager.ListBlocks().Select(block => (block.Name, block.Kind, block.Size)));
            using (var one = SharedValue<double>.Attach(made[14].Name))
            {
                Assert.Equal(42.0, one.Value);
            }

            EveryKind.Dispose(made);
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void A_server_that_was_never_told_shows_what_the_header_of_a_block_says() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        int client;
        string[] names;
        using (ChildProcess child = ChildProcess.Start(start => start.UseManager(manager), "client-makes-all"))
        {
            names = child.ReadLine().Split(' ');
            client = child.Id;
            Assert.Equal(names.Length, manager.ListBlocks().Count(block => block.OwnerProcessId == client));
            child.Kill();
        }

        // The client is dead, and the server that it told is: nobody knows but the blocks.
        DateTimeOffset made = manager.ListBlocks()[0].Created;
        int server = manager.ServerProcessId;
        Assert.True(Signals.Send(server, Signals.Kill));
        Eventually.True(() => manager.ServerProcessId != server, "the next server");
        IReadOnlyList<TrackedBlock> found = manager.ListBlocks();
        Assert.Equal(
            EveryKind.All.Zip(names, (kind, name) => (name, EveryKind.InHeader(kind.Kind), 0)).OrderBy(one => one.name, StringComparer.Ordinal),
            found.Select(block => (block.Name, block.Kind, block.OwnerProcessId)));

        // Their age is what the system says, not the server's own.
        Assert.All(found, block => Assert.InRange(block.Created, made - TimeSpan.FromSeconds(10), made + TimeSpan.FromSeconds(10)));
    });

    [Fact]
    public void A_container_of_the_users_own_is_handed_out_like_the_others() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start())
        {
            using Sensors sensors = manager.Create(Sensors.Create);
            sensors.Temperature = 21.5;
            using (Sensors again = Sensors.Attach(sensors.Name))
            {
                Assert.Equal(21.5, again.Temperature);
            }

            using (SharedMemoryScope scope = manager.BeginScope())
            {
                scope.Create(Sensors.Create).Dispose();
                Assert.Equal(["sensors", "sensors"], manager.ListBlocks().Select(block => block.Kind));
            }

            Assert.Equal([(sensors.Name, "sensors", 16L)], manager.ListBlocks().Select(block => (block.Name, block.Kind, block.Size)));
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void What_is_made_under_another_name_is_refused_and_what_fails_leaves_nothing() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        string other = $"other_{Guid.NewGuid():N}";
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => manager.Create((_, options) => SharedMemory.Create(10, other, options)));
        Assert.Contains(other, e.Message, StringComparison.Ordinal);
        Assert.True(SharedMemory.TryUnlink(other));
        Assert.Throws<InvalidOperationException>(() => manager.Create<Sensors>((_, _) => null!));
        Assert.Throws<ArgumentNullException>(() => manager.Create<Sensors>(null!));

        // Made, and then thrown: nobody has it.
        Assert.Throws<NotSupportedException>(() => manager.Create<Sensors>((name, options) =>
        {
            SharedMemory.Create(10, name, options).Dispose();
            throw new NotSupportedException();
        }));

        // A name that is taken is not the manager's: that is its maker's error, and no reason to try for ever.
        using SharedMemory taken = SharedMemory.Create(1);
        Assert.Throws<SharedMemoryExistsException>(() => manager.Create((_, options) => SharedMemory.Create(1, taken.Name, options)));
        taken.Unlink();
        Assert.Throws<ArgumentOutOfRangeException>(() => manager.CreateRing<int>(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => manager.CreateBarrier(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => manager.CreateArea(0));
        Assert.Empty(manager.ListBlocks());
    });

    [Fact]
    public void What_is_a_file_or_has_no_name_or_one_of_its_own_is_refused_before_anything_is_made() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string folder = Directory.CreateTempSubdirectory().FullName;
        using (var manager = SharedMemoryManager.Start())
        {
            string file = Path.Combine(folder, "area");
            File.WriteAllBytes(file, new byte[100]);
            Assert.Throws<ArgumentException>(() => manager.CreateArea(new SharedAreaOptions { File = file }));
            Assert.Throws<ArgumentException>(() => manager.CreateArea(new SharedAreaOptions { FileDescriptor = 0 }));
            Assert.Throws<ArgumentException>(() => manager.CreateArea(new SharedAreaOptions { Size = 10, Name = "mine" }));
            foreach (SharedMemoryBacking backing in (SharedMemoryBacking[])[SharedMemoryBacking.File, SharedMemoryBacking.Anonymous])
            {
                var block = new SharedMemoryOptions { Backing = backing };
                Assert.Throws<ArgumentException>(() => manager.CreateArea(new SharedAreaOptions { Size = 10, Block = block }));
                Assert.Throws<ArgumentException>(() => manager.CreateSlots(8, 8, new() { Block = block }));
                Assert.Throws<ArgumentException>(() => manager.CreateSlots<int>(8, new() { Block = block }));
                Assert.Throws<ArgumentException>(() => manager.CreateRing(256, new() { Block = block }));
                Assert.Throws<ArgumentException>(() => manager.CreateRing<int>(8, new() { Block = block }));
                Assert.Throws<ArgumentException>(() => manager.CreateQueue<int>(new() { Block = block }));
                Assert.Throws<ArgumentException>(() => SharedMemoryManager.Start(new() { Blocks = block }));
            }

            // By the general way: the file is its maker's, and stays.
            string array = Path.Combine(folder, "array");
            Assert.Throws<InvalidOperationException>(() => manager.Create((_, _) => SharedArray<int>.Create($"file://{array}", [4])));
            Assert.True(File.Exists(array));
            Assert.Empty(manager.ListBlocks());
        }

        Directory.Delete(folder, recursive: true);
        before.AssertUnchanged();
    });

    [Fact]
    public void A_table_that_is_kept_in_a_file_goes_and_its_file_stays() => Watchdog.Run(() =>
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        var options = new SlotMemoryOptions { Persist = Path.Combine(folder, "slots") };
        for (int round = 1; round <= 2; round++)
        {
            using var manager = SharedMemoryManager.Start();
            using SlotMemory<long> slots = manager.CreateSlots<long>(4, options);
            Assert.Equal(round - 1, slots.Get(2));
            slots.Put(2, round);
        }

        Assert.True(File.Exists(options.Persist));
        Directory.Delete(folder, recursive: true);
    });

    [Fact]
    public void An_area_over_memory_of_the_callers_has_its_control_words_handed_out() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory memory = manager.CreateBlock(4096);
        using SharedArea area = manager.CreateArea(new SharedAreaOptions { Pointer = memory.Address, Size = 4096 });
        area.Write64(8, 77);
        Assert.Equal(77, memory.GetReference<long>(8));
        using SharedArea other = SharedArea.Attach(area.Name, memory.Address);
        Assert.Equal(77, other.Read64(8));
        Assert.Equal("area", manager.ListBlocks().Single(block => block.Name == area.Name).Kind);
    });

    [Fact]
    public void The_blocks_of_all_containers_are_made_as_the_managers_options_say() => Watchdog.Run(() =>
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        using var manager = SharedMemoryManager.Start(new() { Blocks = new() { Mode = Mode } });
        ISharedStructure[] made = EveryKind.Make(manager);
        Assert.All(made, one => Assert.Equal(Mode, one.Block.Mode));
        EveryKind.Dispose(made);
    });
}
