import Values

/// A time that can be booked, with whom and with what.
struct Opening: Sendable, Hashable {
    /// What comes after, where several appointments were asked for back to back.
    struct Part: Sendable, Hashable {
        let type: AppointmentTypeID
        let provider: ResourceID
        let resources: [ResourceID]
        let span: InstantRange
    }

    let provider: ResourceID
    var resources: [ResourceID]
    let span: InstantRange
    /// Minutes beside it, before and after, that are too short for another of the same: the fewer, the better it fits. Of all parts together.
    var gapMinutes: Int
    /// How many minutes more the provider has that day than the least busy of those who could. Of all parts together.
    var loadMinutes: Int
    /// Minutes that the patient waits between parts.
    var waitMinutes = 0
    /// How many of the patient's preferences it meets.
    var preferencesMet = 0
    /// In the order that was asked for.
    var further: [Part] = []

    var startsAt: Instant { span.start }
    var endsAt: Instant { span.end }
}

/// How openings are put in order. What is equal goes by time, then by provider.
enum OpeningOrder: String, Sendable, CaseIterable {
    /// What meets most of the patient's preferences, then the shortest waiting between parts, then the fewest minutes wasted beside it, then the
    /// least busy provider of the day, then the earliest.
    case best
    case earliest
    /// The least busy provider of the day first, whatever gaps stay.
    case balanced

    func comes(_ left: Opening, before right: Opening) -> Bool {
        let (first, second) = (key(left), key(right))
        guard first == second else { return first < second }
        guard left.startsAt == right.startsAt else { return left.startsAt < right.startsAt }
        return left.provider < right.provider
    }

    /// The first few in this order, without sorting all.
    func first(_ count: Int, of openings: [Opening]) -> [Opening] {
        var first: [Opening] = []
        for opening in openings {
            if first.count >= count {
                guard let last = first.last, comes(opening, before: last) else { continue }
                first.removeLast()
            }
            first.insert(opening, at: first.partitioned { comes(opening, before: $0) })
        }
        return first
    }

    private func key(_ opening: Opening) -> (Int, Int, Int, Int) {
        switch self {
        case .best: (-opening.preferencesMet, opening.waitMinutes, opening.gapMinutes, opening.loadMinutes)
        case .earliest: (0, 0, 0, 0)
        case .balanced: (opening.loadMinutes, opening.waitMinutes, opening.gapMinutes, 0)
        }
    }
}

extension RandomAccessCollection where Index == Int {
    /// Of elements of which from some point on all satisfy it: that point.
    func partitioned(by isAfter: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
