public import Values

/// A part of a list, and where the next one begins.
public struct Page<Item: Sendable>: Sendable {
    public let items: [Item]
    let next: [JSON]?

    /// The last part, or all of a list that is short by its nature.
    public init(_ items: [Item]) {
        self.items = items
        next = nil
    }

    init(_ items: [Item], next: [JSON]?) {
        self.items = items
        self.next = next
    }

    public func map<Other: Sendable>(_ transform: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(try items.map(transform), next: next)
    }
}

/// Which part of a list is asked for (keyset paging: nothing is skipped or shown twice when rows come and go).
public struct PageRequest: Sendable {
    /// 1...200.
    public let limit: Int
    /// The position of the last item already shown; nil for the first part.
    public let after: Position?

    /// How many rows to read. Not one more, though that would tell whether there are more: the audit names every row that was read.
    public var fetch: Int { limit }

    /// The part that these rows are. `position` are the values the list is ordered by, the last of them unique. A full part has a
    /// cursor, so the last part of a list may be empty.
    public func page<Item: Sendable>(_ rows: [Item], _ position: (Item) -> [Position.Value]) -> Page<Item> {
        guard rows.count >= limit, let last = rows.last else { return Page(rows) }
        return Page(rows, next: position(last).map(\.json))
    }

    static let limits = 1...200
    static let standardLimit = 50
}

/// The order values of an item.
public struct Position: Sendable {
    let values: [JSON]

    public struct Value: Sendable {
        let json: JSON

        public static func text(_ text: String) -> Value { Value(json: .string(text)) }
        public static func int(_ value: Int) -> Value { Value(json: .integer(value)) }
        public static func id<Of>(_ id: ID<Of>) -> Value { Value(json: .string(id.description)) }
        public static func day(_ day: Day) -> Value { Value(json: .string(day.description)) }
        public static func instant(_ instant: Instant) -> Value { Value(json: .integer(instant.microseconds)) }
    }

    public func text(_ index: Int) throws(Problem) -> String { try value(index) { $0.text } }
    public func int(_ index: Int) throws(Problem) -> Int { try value(index) { $0.integer } }
    public func id<Of>(_ index: Int, _ type: ID<Of>.Type = ID<Of>.self) throws(Problem) -> ID<Of> {
        try value(index) { $0.text.flatMap { ID<Of>($0) } }
    }
    public func day(_ index: Int) throws(Problem) -> Day { try value(index) { $0.text.flatMap { Day($0) } } }
    public func instant(_ index: Int) throws(Problem) -> Instant {
        try value(index) { $0.integer.map { Instant(microseconds: Int64($0)) } }
    }

    private func value<T>(_ index: Int, _ read: (JSON) -> T?) throws(Problem) -> T {
        guard values.indices.contains(index), let value = read(values[index]) else { throw Cursor.invalid }
        return value
    }
}
