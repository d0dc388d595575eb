import Dispatch
import Synchronization
import Values

/// A few threads of their own for password hashing. On the pool that runs all other work two sign-ins would stop the server (two cores, two
/// threads); and 19 MiB for each waiting sign-in must not add up, so the queue is short and says no when it is full.
final class HashingLanes: Sendable {
    private struct Load {
        var waiting = 0
        var next = 0
    }

    private let lanes: [DispatchQueue]
    private let limit: Int
    private let load = Mutex(Load())

    init(threads: Int, queueLimit: Int) {
        lanes = (0..<max(1, threads)).map { DispatchQueue(label: "password-hashing-\($0)", qos: .userInitiated) }
        limit = queueLimit
    }

    /// Errors: `sign_in_busy` (503) when as many are waiting already as the limit says.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(Problem) -> Value {
        let lane = load.withLock { load -> DispatchQueue? in
            guard load.waiting < limit else { return nil }
            load.waiting += 1
            load.next = (load.next + 1) % lanes.count
            return lanes[load.next]
        }
        guard let lane else {
            throw Problem(.unavailable, "sign_in_busy", "Too many people sign in at this moment. Try again.", retryAfter: 1)
        }
        return await withCheckedContinuation { continuation in
            lane.async {
                let value = work()
                self.load.withLock { $0.waiting -= 1 }
                continuation.resume(returning: value)
            }
        }
    }
}
