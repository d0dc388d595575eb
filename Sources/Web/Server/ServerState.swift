import Synchronization

/// Something a server needs to do its work, as `/readyz` asks about it.
public struct Dependency: Sendable {
    public let name: String
    /// Without it the server is not ready; without others it is degraded.
    public let isRequired: Bool
    let isUp: @Sendable () async -> Bool

    public init(_ name: String, isRequired: Bool, isUp: @escaping @Sendable () async -> Bool) {
        self.name = name
        self.isRequired = isRequired
        self.isUp = isUp
    }
}

/// Whether the server is on its way out.
final class ServerState: Sendable {
    private let draining = Atomic(false)

    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func drain() { draining.store(true, ordering: .relaxed) }
}

/// The port a server listens on, for whoever waits to know it.
final class Listening: Sendable {
    private struct State {
        var port: Int?
        var waiting: [CheckedContinuation<Int, Never>] = []
    }

    private let state = Mutex(State())

    var now: Int? { state.withLock(\.port) }

    func value() async -> Int {
        await withCheckedContinuation { continuation in
            let port = state.withLock { state in
                if state.port == nil { state.waiting.append(continuation) }
                return state.port
            }
            if let port { continuation.resume(returning: port) }
        }
    }

    /// The first one counts.
    func set(_ port: Int) {
        let waiting = state.withLock { state in
            guard state.port == nil else { return [CheckedContinuation<Int, Never>]() }
            state.port = port
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: port) }
    }
}
