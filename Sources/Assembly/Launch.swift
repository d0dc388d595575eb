public import Logging
public import ServiceLifecycle
import UnixSignals

/// Runs a process until SIGTERM or SIGINT, then lets it finish: 60 seconds at most, then it is cancelled.
public enum Launch {
    public static func run(_ services: [any Service], logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(60)
        configuration.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// One JSON object a line on standard error; ids only, never what a person typed.
    public static func logger(_ program: Services.Program) -> Logger {
        var logger = Logger(label: "polyclinic-" + program.rawValue, factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .info
        return logger
    }
}
