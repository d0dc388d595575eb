import Values

/// A time that can be booked, with whom and with what.
struct Opening: Sendable, Hashable {
    let provider: ResourceID
    var resources: [ResourceID]
    let span: InstantRange
    /// Minutes beside it, before and after, that are too short for another of the same: the fewer, the better it fits.
    let gapMinutes: Int
    /// How many minutes more the provider has that day than the least busy of those who could.
    let loadMinutes: Int

    var startsAt: Instant { span.start }
    var endsAt: Instant { span.end }
}

/// How openings are put in order. What is equal goes by time, then by provider.
enum OpeningOrder: String, Sendable, CaseIterable {
    /// The fewest minutes wasted beside it, then the least busy provider of the day, then the earliest.
    case best
    case earliest
    /// The least busy provider of the day first, whatever gaps stay.
    case balanced

    func comes(_ left: Opening, before right: Opening) -> Bool {
        let (first, second) = (key(left), key(right))
        guard first.0 == second.0 else { return first.0 < second.0 }
        guard first.1 == second.1 else { return first.1 < second.1 }
        guard left.startsAt == right.startsAt else { return left.startsAt < right.startsAt }
        return left.provider < right.provider
    }

    private func key(_ opening: Opening) -> (Int, Int) {
        switch self {
        case .best: (opening.gapMinutes, opening.loadMinutes)
        case .earliest: (0, 0)
        case .balanced: (opening.loadMinutes, opening.gapMinutes)
        }
    }
}
