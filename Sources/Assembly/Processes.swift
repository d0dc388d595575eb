public import Jobs
public import Logging
import Redis
public import ServiceLifecycle
import Tenancy
public import Values
public import Web

/// The gateway: HTTP in front of the doors. Stateless: any number of them run side by side.
public struct GatewayProcess: Sendable {
    public let services: Services
    public let server: WebServer
    private let metrics = Metrics()

    /// `log` takes a line for each request; by default standard output does.
    public init(_ settings: Settings, ambient: Ambient = .system, log: AccessLog = AccessLog(), logger: Logger) throws {
        services = try Services(settings, as: .gateway, ambient: ambient, logger: logger)
        services.describe(in: metrics)
        server = try WebServer(
            routes: Product(services).routes,
            settings: settings.http.web,
            access: services.access,
            tenancy: services.tenancy,
            redis: services.redis,
            keys: services.keys,
            wake: services.wake,
            ambient: ambient,
            metrics: metrics,
            dependencies: services.dependencies,
            log: log,
            logger: logger
        )
    }

    /// Later ones stop first: the server drains while databases and Redis are still there.
    public var group: [any Service] {
        [
            services.startCheck.later,
            RedisConnection(redis: services.redis),
            MetricsServer(
                metrics,
                dependencies: services.dependencies,
                host: services.settings.http.host,
                port: services.settings.http.metricsPort,
                logger: services.logger
            ),
            server,
        ]
    }
}

/// The worker: relay, cron and jobs. Any number of them run side by side.
public struct WorkerProcess: Sendable {
    public let services: Services
    public let jobs: JobWorker
    private let metrics = Metrics()

    public init(_ settings: Settings, ambient: Ambient = .system, jobSettings: JobWorkerSettings = JobWorkerSettings(), logger: Logger)
        throws
    {
        services = try Services(settings, as: .worker, ambient: ambient, logger: logger)
        services.describe(in: metrics)
        let catalogue = Product(services).catalogue
        guard catalogue.faults.isEmpty else { throw SettingsFault(faults: catalogue.faults) }
        jobs = JobWorker(
            tenancy: services.tenancy,
            access: services.access,
            catalogue: catalogue,
            redis: services.redis,
            wake: services.wake,
            settings: jobSettings,
            ambient: ambient,
            logger: logger
        )
        jobs.describe(in: metrics)
    }

    public var group: [any Service] {
        [
            services.startCheck.later,
            RedisConnection(redis: services.redis),
            MetricsServer(
                metrics,
                dependencies: services.dependencies,
                host: services.settings.http.host,
                port: services.settings.http.workerMetricsPort,
                logger: services.logger
            ),
            jobs,
        ]
    }
}

/// Keeps Redis connected for as long as the process runs; without it everything goes on, more slowly.
struct RedisConnection: Service {
    let redis: Redis

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await redis.run() }
    }
}
