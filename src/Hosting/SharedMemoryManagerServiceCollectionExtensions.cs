using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Multiprocessing;

/// <summary>Gives a host a <see cref="SharedMemoryManager"/>, as a singleton that lives as long as the host runs.</summary>
/// <remarks>
/// <para>It is started, or connected to, before the host's services start, and the start of the host waits for its server; it ends after they have stopped, which is logged. Who resolves it
/// earlier gets it then. A host that is killed needs nothing: the manager's server sees to it.</para>
/// <para>To add it twice is to configure it twice. A host may have more than one, each with a key.</para>
/// </remarks>
public static class SharedMemoryManagerServiceCollectionExtensions
{
    /// <summary>Adds a manager that the host starts.</summary>
    /// <returns>The same collection.</returns>
    public static IServiceCollection AddSharedMemoryManager(this IServiceCollection services) => services.AddSharedMemoryManager(static _ => { });

    /// <summary>Adds a manager.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configure">Says how the host comes by it.</param>
    /// <inheritdoc cref="AddSharedMemoryManager(IServiceCollection)" path="/returns"/>
    public static IServiceCollection AddSharedMemoryManager(this IServiceCollection services, Action<SharedMemoryManagerHostingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        Add(services, null).Configure(configure);
        return services;
    }

    /// <summary>Adds a manager.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configure">Says how the host comes by it, with the help of its other services.</param>
    /// <inheritdoc cref="AddSharedMemoryManager(IServiceCollection)" path="/returns"/>
    public static IServiceCollection AddSharedMemoryManager(this IServiceCollection services, Action<SharedMemoryManagerHostingOptions, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        Add(services, null).Configure(configure);
        return services;
    }

    /// <summary>Adds a manager.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="section">The section of the configuration that says how the host comes by it: <c>configuration.GetSection("SharedMemoryManager")</c>.</param>
    /// <inheritdoc cref="AddSharedMemoryManager(IServiceCollection)" path="/returns"/>
    public static IServiceCollection AddSharedMemoryManager(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        Bind(Add(services, null), section);
        return services;
    }

    /// <summary>Adds a manager that is resolved by a key: <c>[FromKeyedServices("images")] SharedMemoryManager manager</c>.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="key">The key, which is the name of the options too.</param>
    /// <param name="configure">Says how the host comes by it; null for a manager that it starts.</param>
    /// <inheritdoc cref="AddSharedMemoryManager(IServiceCollection)" path="/returns"/>
    public static IServiceCollection AddKeyedSharedMemoryManager(this IServiceCollection services, string key, Action<SharedMemoryManagerHostingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(key);
        OptionsBuilder<SharedMemoryManagerHostingOptions> options = Add(services, key);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return services;
    }

    /// <inheritdoc cref="AddKeyedSharedMemoryManager(IServiceCollection, string, Action{SharedMemoryManagerHostingOptions}?)"/>
    /// <param name="services">Where to.</param>
    /// <param name="key">The key, which is the name of the options too.</param>
    /// <param name="section">The section of the configuration that says how the host comes by it.</param>
    public static IServiceCollection AddKeyedSharedMemoryManager(this IServiceCollection services, string key, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(section);
        Bind(Add(services, key), section);
        return services;
    }

    private static void Bind(OptionsBuilder<SharedMemoryManagerHostingOptions> options, IConfiguration section) =>
        options.Bind(section, static binder => binder.ErrorOnUnknownConfiguration = true);

    /// <summary>All but the options, once for each key.</summary>
    private static OptionsBuilder<SharedMemoryManagerHostingOptions> Add(IServiceCollection services, string? key)
    {
        string name = key ?? Options.DefaultName;
        bool isNew = !services.Any(service => service.ServiceType == typeof(HostedManager) && Equals(service.ServiceKey, name));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SharedMemoryManagerHostingOptions>, HostingOptionsValidator>());
        OptionsBuilder<SharedMemoryManagerHostingOptions> options = services.AddOptions<SharedMemoryManagerHostingOptions>(name);
        if (!isNew)
        {
            return options;
        }

        services.AddKeyedSingleton(name, static (provider, name) => new HostedManager(
            provider.GetRequiredService<IOptionsMonitor<SharedMemoryManagerHostingOptions>>().Get((string)name!),
            provider.GetService<ILoggerFactory>(),
            provider.GetService<IMeterFactory>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<HostedManager>(name));
        if (key is null)
        {
            services.AddSingleton(static provider => provider.GetRequiredKeyedService<HostedManager>(Options.DefaultName).Get());
        }
        else
        {
            services.AddKeyedSingleton(key, static (provider, key) => provider.GetRequiredKeyedService<HostedManager>(key).Get());
        }

        return options.ValidateOnStart();
    }
}
