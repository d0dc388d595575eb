public import Values

/// Time in which a resource, or everything at a location, cannot be booked, and who says so. What is booked already stays.
public struct Block: Sendable, Hashable {
    public let id: BlockID
    /// nil is everything at the location.
    public let resource: ResourceID?
    public var span: InstantRange
    public var reasonCode: String
    public var reasonText: String?
    public var version: Int
    public let createdAt: Instant
    public var updatedAt: Instant
    public var updatedBy: UUID

    public var startsAt: Instant { span.start }
    public var endsAt: Instant { span.end }

    static let longestDays: Int64 = 366
    static let backwards = Problem.invalid("/ends_at", "before_start", "It must end after it begins.")
    static let tooLong = Problem.invalid("/ends_at", "too_long", "A block lasts 366 days at most; take somebody who is gone out of use.")

    /// Whether another of the same resource would be needless beside it, as `BlockStore.instead` has it.
    func replaces(_ other: Block) -> Bool {
        resource == other.resource
            && (span.contains(other.span) || span.overlaps(other.span) && reasonCode == other.reasonCode)
    }

    static func span(_ start: Instant, _ end: Instant) throws(Problem) -> InstantRange {
        guard let span = InstantRange(start, end) else { throw backwards }
        guard end.seconds(since: start) <= longestDays * 86_400 else { throw tooLong }
        return span
    }
}
