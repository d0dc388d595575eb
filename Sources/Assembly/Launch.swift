public import Logging
public import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
    import Glibc
#endif

/// Runs a process until SIGTERM or SIGINT, then lets it finish: 60 seconds at most, then it is cancelled.
public enum Launch {
    /// A process from its start to its end. What ends it early is said in one line of its log, and by its exit status: 78 (EX_CONFIG) for what
    /// somebody must change first, so that a supervisor need not try again; else 1.
    public static func program(_ program: Services.Program, _ body: (Logger) async throws -> Void) async {
        let logger = logger(program)
        do {
            try await body(logger)
        } catch let fault as SettingsFault {
            logger.critical("\(fault)")
            exit(78)
        } catch {
            logger.critical("\(error)")
            exit(1)
        }
    }

    public static func run(_ services: [any Service], logger: Logger) async throws {
        allowDescriptors(logger)
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(60)
        configuration.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// As many open files as this process may have: a shell gives a program 1,024 to begin with, fewer than a gateway has connections.
    private static func allowDescriptors(_ logger: Logger) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { logger.warning("the limit of open files stays as it is") }
    }

    /// One JSON object a line on standard error; ids only, never what a person typed.
    public static func logger(_ program: Services.Program) -> Logger {
        var logger = Logger(label: "polyclinic-" + program.rawValue, factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .info
        return logger
    }
}
