import NIOCore

/// Runs work that ends in time or is cancelled: it then throws what a cancelled request throws, and the database finishes what it has
/// begun by its own limits.
enum Deadline {
    static func run<T: Sendable>(
        _ limit: Duration,
        on loop: any EventLoop,
        _ executor: (any TaskExecutor)?,
        _ work: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        // A task of its own, because cancelling the connection's would close the connection without an answer. It is awaited below.
        let task = Task(executorPreference: executor) { try await work() }
        let alarm = loop.scheduleTask(in: TimeAmount(limit)) { task.cancel() }
        defer { alarm.cancel() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
