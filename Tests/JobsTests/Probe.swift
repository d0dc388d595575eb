import Jobs
import Redis
import ServiceLifecycle
import Synchronization
import Tenancy
import Values

/// A job of the tests. What it does is said where it is registered.
struct Probe: JobDescription {
    static let kind = "test.probe"
    static let policy = JobPolicy(
        attempts: 3,
        backoff: JobBackoff(first: .milliseconds(20), maximum: .milliseconds(50)),
        timeLimit: .seconds(20)
    )
    let number: Int

    init(_ number: Int) { self.number = number }
    init(_ parameters: JobParameters) throws { number = try parameters.value("number") }
    var parameters: JobParameters { ["number": number] }
}

/// Another kind, with a short time limit and one try more.
struct Hasty: ParameterlessJob {
    static let kind = "test.hasty"
    static let policy = JobPolicy(
        attempts: 2,
        backoff: JobBackoff(first: .milliseconds(20), maximum: .milliseconds(50)),
        timeLimit: .milliseconds(200)
    )
}

/// What ran, in order.
final class Record: Sendable {
    struct Entry: Sendable, Hashable {
        let number: Int
        let attempt: Int
        let location: LocationID?
    }

    private let runs = Mutex<[Entry]>([])

    func add(_ number: Int, _ context: JobContext) {
        runs.withLock { $0.append(Entry(number: number, attempt: context.attempt, location: context.location?.id)) }
    }

    var entries: [Entry] { runs.withLock { $0 } }
    var numbers: [Int] { entries.map(\.number) }
    var count: Int { runs.withLock { $0.count } }
}

/// Closed until opened; who waits goes on when it is.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension QueueClinic {
    /// Workers for the time of `body`; gone at once after it.
    func withWorkers<Value: Sendable>(
        _ count: Int = 1,
        _ catalogue: JobCatalogue,
        redis: Redis? = nil,
        _ change: (inout JobWorkerSettings) -> Void = { _ in },
        _ body: ([JobWorker]) async throws -> Value
    ) async throws -> Value {
        var settings = JobWorkerSettings()
        change(&settings)
        let workers = (0..<count).map { _ in worker(catalogue, redis, settings) }
        let tasks = workers.map { worker in Task { try await worker.run() } }
        do {
            let value = try await body(workers)
            for task in tasks { task.cancel() }
            for task in tasks { try await task.value }
            return value
        } catch {
            for task in tasks { task.cancel() }
            for task in tasks { _ = try? await task.value }
            throw error
        }
    }

    func worker(_ catalogue: JobCatalogue, _ redis: Redis? = nil, _ settings: JobWorkerSettings = JobWorkerSettings()) -> JobWorker {
        JobWorker(
            tenancy: tenancy,
            access: access,
            catalogue: catalogue,
            redis: redis,
            wake: Wake(redis: redis),
            settings: settings,
            ambient: .system,
            logger: .quiet
        )
    }
}

/// A catalogue of one kind that does `body`.
func probing(_ body: @escaping @Sendable (Probe, JobContext) async throws -> Void) -> JobCatalogue {
    JobCatalogue(jobs: [JobRegistration(Probe.self, run: body)])
}
