import Values

/// What is taken in a window of time: tells what is free, what conflicts, and what is free nearby. Pure.
struct Diary: Sendable {
    /// Nothing is known of the time outside.
    let window: InstantRange
    private let taken: [UUID: [Occupancy]]

    /// - Parameter moving: An appointment whose own time is no obstacle.
    init(_ taken: [Occupancy], in window: InstantRange, moving: AppointmentID? = nil) {
        self.window = window
        self.taken = Dictionary(grouping: taken.filter { $0.appointment != moving }, by: \.holder)
    }

    /// What stands in the way of an appointment of `span`; empty when nothing does.
    func conflicts(_ demands: [Demand], _ span: InstantRange) -> [Occupancy] {
        demands.flatMap { demand in
            let span = demand.span(for: span)
            let overlapping = (taken[demand.holder] ?? []).filter { $0.span.overlaps(span) }
            if let group = demand.group {
                let others = overlapping.filter { $0.type != group || $0.span != span }
                guard others.isEmpty else { return others }
            }
            // A lane is held from beginning to end: one must be free all the time.
            return demand.lanes == 1 || demand.freeLane(beside: overlapping) == nil ? overlapping : []
        }
    }

    /// The nearest openings of the same length, nearest first and the earlier of two equally near; they begin on quarters of an hour, within
    /// `hours`, not before `earliest`, and where rules allow it.
    func nearestOpenings(
        to span: InstantRange,
        _ demands: [Demand],
        within hours: InstantRange,
        notBefore earliest: Instant,
        count: Int = 3,
        where isAllowed: (InstantRange) -> Bool = { _ in true }
    ) -> [InstantRange] {
        let quarter: Int64 = 900
        let wanted = span.start.microseconds / 1_000_000
        let length = span.end.seconds(since: span.start)
        var earlier = (wanted - 1) / quarter * quarter
        var later = wanted / quarter * quarter + quarter
        let first = max(hours.start, earliest)
        var openings: [InstantRange] = []
        while openings.count < count {
            let canGoBack = Instant(seconds: earlier) >= first
            let canGoOn = Instant(seconds: later).adding(seconds: length) <= hours.end
            guard canGoBack || canGoOn else { break }
            let goesBack = canGoBack && (!canGoOn || wanted - earlier <= later - wanted)
            let start = Instant(seconds: goesBack ? earlier : later)
            if goesBack { earlier -= quarter } else { later += quarter }
            guard let candidate = InstantRange(start, start.adding(seconds: length)), hours.contains(candidate), start >= first else {
                continue
            }
            if isKnown(demands, candidate), isAllowed(candidate), conflicts(demands, candidate).isEmpty {
                openings.append(candidate)
            }
        }
        return openings
    }

    private func isKnown(_ demands: [Demand], _ span: InstantRange) -> Bool {
        demands.allSatisfy { window.contains($0.span(for: span)) }
    }
}
