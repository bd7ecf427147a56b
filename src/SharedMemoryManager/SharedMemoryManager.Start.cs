namespace Multiprocessing;

/// <content>How a manager begins in a process: its owner starts it, others connect.</content>
public sealed partial class SharedMemoryManager
{
    private const string StartActivity = "SharedMemoryManager.Start";

    /// <summary>Starts a manager that this process owns. Returns at once; the server comes up behind it.</summary>
    /// <exception cref="SharedMemoryManagerException">The server process could not be started.</exception>
    /// <exception cref="ArgumentException">The blocks are to be files, or to have no names.</exception>
    public static SharedMemoryManager Start(SharedMemoryManagerOptions? options = null)
    {
        using ManagerActivity? activity = ManagerActivity.Start(StartActivity);
        try
        {
            SharedMemoryManager manager = StartOwner(options);
            activity?.TagManager(manager.Id, manager.ServerProcessId);
            return manager;
        }
        catch (Exception e)
        {
            activity?.Fail(e);
            throw;
        }
    }

    private static SharedMemoryManager StartOwner(SharedMemoryManagerOptions? options)
    {
        if (ServerSettings.FromEnvironment() is not null)
        {
            // This application was run to be a server, and its Main runs on: each such "server" would start the next.
            throw new SharedMemoryManagerException(
                SharedMemoryManagerError.ServerNotStarted,
                "This application has no dotnet host of its own to run the server with, so it is run itself: call "
                + "SharedMemoryManager.RunIfServer(args) first in Main.");
        }

        options ??= SharedMemoryManagerOptions.Default;
        RequireNamed(options.Blocks, nameof(options));
        return new SharedMemoryManager(new OwnerLink(options), options);
    }

    /// <summary>Starts a manager that this process owns and waits until its server has answered.</summary>
    /// <exception cref="SharedMemoryManagerException">The server did not come up.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is left.</exception>
    public static async Task<SharedMemoryManager> StartAsync(
        SharedMemoryManagerOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using ManagerActivity? activity = ManagerActivity.Start(StartActivity);
        SharedMemoryManager? manager = null;
        try
        {
            manager = StartOwner(options);
            activity?.TagManager(manager.Id, manager.ServerProcessId);
            await Task.Run(() => manager._link.Call(_ => true), CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
            return manager;
        }
        catch (Exception e)
        {
            activity?.Fail(e);
            if (manager is not null)
            {
                await manager.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Joins a manager that another process of this user owns.</summary>
    /// <param name="address">Its <see cref="Address"/>; null for the one that this process was started with (<c>UseManager</c>).</param>
    /// <param name="options">What becomes of the blocks that are made here.</param>
    /// <exception cref="ArgumentException">That is no address.</exception>
    /// <exception cref="InvalidOperationException">None was given and this process was started with none.</exception>
    /// <exception cref="SharedMemoryManagerException">No manager answers there, or it refuses.</exception>
    /// <remarks>Disposing a manager that was connected to leaves it: what this process made through it stays until its owner ends.</remarks>
    public static SharedMemoryManager Connect(string? address = null, SharedMemoryConnectOptions? options = null)
    {
        address ??= Environment.GetEnvironmentVariable(ManagerAddress.EnvironmentVariable)
            ?? throw new InvalidOperationException(
                $"No address was given, and {ManagerAddress.EnvironmentVariable} is not set: this process was not started with UseManager.");
        using ManagerActivity? activity = ManagerActivity.Start("SharedMemoryManager.Connect", isCall: true);
        try
        {
            var manager = new SharedMemoryManager(
                new ClientLink(address, options ?? SharedMemoryConnectOptions.Default), SharedMemoryManagerOptions.Default);
            activity?.TagManager(manager.Id, manager.ServerProcessId);
            return manager;
        }
        catch (Exception e)
        {
            activity?.Fail(e);
            throw;
        }
    }

    /// <summary>
    /// To be called first in <c>Main</c> of a self-contained, single-file or native application: such an application is run a second time
    /// to be the server, and this call then does not return. In any other case it does nothing. (Python: <c>freeze_support</c>.)
    /// </summary>
    /// <param name="args">The arguments of <c>Main</c>.</param>
    public static void RunIfServer(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args is [ServerLauncher.Argument] && ServerSettings.FromEnvironment() is ServerSettings settings)
        {
            Environment.Exit(ServerProgram.Run(settings));
        }
    }
}
