import Synchronization
public import Tenancy
import Values

/// How far the events of locations have come, for many who ask: one look a second for each location, however many follow it.
public final class EventTail: Sendable {
    private struct Look {
        let at: ContinuousClock.Instant
        let task: Task<EventPosition, any Error>
    }

    private static let forgetful = 1000
    private let log: EventLog
    private let every: Duration
    private let looks = Mutex<[LocationID: Look]>([:])

    public init(_ log: EventLog, every: Duration = .milliseconds(900)) {
        self.log = log
        self.every = every
    }

    /// At most as old as `every`.
    public func newest(at location: Location) async throws -> EventPosition {
        let now = ContinuousClock.now
        let look = looks.withLock { looks in
            if let look = looks[location.id], now - look.at < every { return look }
            if looks.count >= EventTail.forgetful { looks = looks.filter { now - $0.value.at < every } }
            // Ends with the statement's own limit, and is awaited by whoever asks.
            let look = Look(at: now, task: Task { [log] in try await log.newest(at: location) })
            looks[location.id] = look
            return look
        }
        return try await look.task.value
    }
}
