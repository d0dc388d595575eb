public import Values

// What a body's properties hold before they are read. Never seen by a use case: a required member that is absent is an error.

extension ID {
    public static var blank: ID { ID(UUID(high: 0, low: 0)) }
}

extension Day {
    public static let blank = Day(daysSinceEpoch: 0)
}

extension Instant {
    public static let blank = Instant(microseconds: 0)
}
