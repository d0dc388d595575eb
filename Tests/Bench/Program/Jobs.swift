import Access
import ArgumentParser
import Assembly
import Glibc
import Jobs
import Redis
import ServiceLifecycle
import Synchronization
import Tenancy
import Values

/// A job that does nothing, so that what is measured is the queue.
struct Nothing: Job {
    static let kind = "bench.nothing"
    static let policy = JobPolicy()

    let parameters: JobParameters = [:]

    init() {}
    init(_ parameters: JobParameters) {}

    func run(_ context: JobContext) async throws { Starts.shared.note(context.id) }
}

/// When jobs began, by the clock that all processes of a machine share. Written to BENCH_STARTS when the worker ends.
final class Starts: Sendable {
    static let shared = Starts()
    private let times = Mutex<[(JobID, Int64)]>([])
    private let isWanted = getenv("BENCH_STARTS") != nil

    func note(_ id: JobID) {
        if isWanted { times.withLock { $0.append((id, monotonic())) } }
    }

    func write() {
        guard let path = getenv("BENCH_STARTS"), let file = fopen(path, "w") else { return }
        for (id, time) in times.withLock({ $0 }) { fputs("\(id) \(time)\n", file) }
        fclose(file)
    }
}

/// Keeps Redis connected while the worker runs.
struct RedisService: Service {
    let redis: Redis

    func run() async throws { try await cancelWhenGracefulShutdown { try await redis.run() } }
}

/// Nanoseconds.
func monotonic() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension Bench {
    /// A worker as the product's, that knows only the job that does nothing.
    struct Worker: AsyncParsableCommand {
        func run() async throws {
            let settings = try await Settings.read()
            let services = try Services(settings, as: .worker, logger: Bench.logger)
            let worker = JobWorker(
                tenancy: services.tenancy,
                access: services.access,
                catalogue: JobCatalogue(jobs: [JobRegistration(Nothing.self)]),
                redis: services.redis,
                wake: services.wake,
                ambient: services.ambient,
                logger: Bench.logger
            )
            try await Launch.run([RedisService(redis: services.redis), worker], logger: Bench.logger)
            Starts.shared.write()
            await services.close()
        }
    }

    /// Starts such jobs through the location's door, at a steady rate; prints each one's id and the moment its COMMIT returned.
    struct Enqueue: AsyncParsableCommand {
        @Argument(help: "Jobs a second.") var rate: Int
        @Argument(help: "For so many seconds.") var seconds: Int

        func run() async throws {
            let settings = try await Settings.read()
            let services = try Services(settings, as: .admin, logger: Bench.logger)
            let locations = try await services.tenancy.locations().filter { $0.name.hasPrefix("Site ") }.prefix(10)
            let redis = Task { try await services.redis.run() }
            // The first second warms connections and statements.
            let caller = Caller.commandLine(user: "bench", requestID: services.ambient.id(EventID.self).uuid)
            let began = ContinuousClock.now
            try await withThrowingTaskGroup { group in
                for number in 0..<(rate * (seconds + 1)) {
                    try await Task.sleep(until: began + .microseconds(number * 1_000_000 / rate))
                    let location = locations[number % locations.count]
                    group.addTask {
                        let id = try await services.tenancy.work(location, by: caller, ambient: services.ambient, wake: services.wake) {
                            $0.start(Nothing())
                        }
                        if number >= rate { print(id, monotonic()) }
                    }
                }
                try await group.waitForAll()
            }
            redis.cancel()
            _ = await redis.result
            await services.close()
        }
    }
}
