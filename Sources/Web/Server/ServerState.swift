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
