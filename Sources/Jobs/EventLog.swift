import Postgres
public import Tenancy
public import Values

/// Where a reader of a location's events stands: a number of the relay's, and the row of numbers it belongs to.
public struct EventPosition: Sendable, Hashable {
    let epoch: UUID
    let number: Int64

    init(epoch: UUID, number: Int64) {
        self.epoch = epoch
        self.number = number
    }

    /// As `text` wrote it; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = UUID(String(parts[0])), let number = Int64(parts[1]), number >= 0 else { return nil }
        self.init(epoch: epoch, number: number)
    }

    public var text: String { "\(epoch).\(number)" }

    /// Before the first event that a location ever tells.
    static let beginning = EventPosition(epoch: UUID(high: 0, low: 0), number: 0)
}

/// An event with its place among those of its location.
public struct NumberedEvent: Sendable {
    public let position: EventPosition
    public let event: Event
    /// When its transaction began.
    public let at: Instant
}

/// A location's events in the order in which the relay met them after they had committed (L13): whoever reads on from a position misses none.
/// Those of one transaction are in no order.
public struct EventLog: Sendable {
    /// What follows a position.
    public enum Part: Sendable {
        case events([NumberedEvent])
        /// Some of what follows is forgotten, or the position is of another row of numbers: begin anew at this one.
        case gap(EventPosition)
    }

    private static let limit = 200
    private let tenancy: Tenancy

    public init(tenancy: Tenancy) {
        self.tenancy = tenancy
    }

    /// That of the last one; before all, when the location has told nothing yet.
    public func newest(at location: Location) async throws -> EventPosition {
        let rows = try await tenancy.read(location, "select epoch, last_number from queue.stream where location = current_user limit 1")
        guard let row = rows.first else { return .beginning }
        let (epoch, number) = try row.decode((UUID, Int64).self)
        return EventPosition(epoch: epoch, number: number)
    }

    /// At most 200 events.
    public func after(_ position: EventPosition, at location: Location) async throws -> Part {
        let rows = try await tenancy.read(
            location,
            """
            select stream.epoch, stream.last_number, event.number, event.name, event.version, event.members::text, event.created_at
            from queue.stream left join lateral (
                select event.* from queue.event
                where event.location = current_user and event.number > \(position.number) order by event.number limit \(EventLog.limit)
            ) as event on true
            where stream.location = current_user order by event.number limit \(EventLog.limit)
            """
        )
        guard let first = rows.first else { return position == .beginning ? .events([]) : .gap(.beginning) }
        let newest = EventPosition(epoch: try first.value(0), number: try first.value(1))
        let start = position == .beginning ? EventPosition(epoch: newest.epoch, number: 0) : position
        let events = try rows.compactMap { try EventLog.event($0, newest.epoch) }
        guard start.epoch == newest.epoch, start.number <= newest.number,
            start.number == newest.number || events.first?.position.number == start.number + 1
        else { return .gap(newest) }
        return .events(events)
    }

    private static func event(_ row: Row, _ epoch: UUID) throws -> NumberedEvent? {
        guard let number = try row.value(2, as: Int64?.self) else { return nil }
        return NumberedEvent(
            position: EventPosition(epoch: epoch, number: number),
            event: Event(try row.value(3), version: try row.value(4), try QueueMembers(json: try row.value(5))),
            at: try row.value(6)
        )
    }
}
