import Values

/// How well openings fit: what is wasted beside them, and who is less busy.
extension OpeningSearch {
    /// On the grid, with what decides their order.
    func openings(_ provider: Resource, _ starts: Starts, _ loads: [Day: DayLoad], on grid: ClockGrid) -> [Opening] {
        let demand = Demand(provider, type)
        let edges = edges(of: provider)
        let length = Int64(minutes) * 60
        var openings: [Opening] = []
        var edge = 0
        for range in starts.ranges {
            var at = grid.next(range.lowerBound)
            while at < range.upperBound {
                let start = Instant(seconds: at)
                while edge < edges.count, edges[edge].end <= start { edge += 1 }
                if let span = InstantRange(start, start.adding(seconds: length)) {
                    let load = loads[clock.day(at: start)]
                    openings.append(
                        Opening(
                            provider: provider.id,
                            resources: [],
                            span: span,
                            gapMinutes: edge < edges.count ? waste(demand.span(for: span), in: edges[edge], length) : 0,
                            loadMinutes: (load?.minutes[provider.id] ?? 0) - (load?.least ?? 0)
                        )
                    )
                }
                at = grid.next(at + 1)
            }
        }
        return openings
    }

    /// The same of one provider at one moment.
    func fit(_ provider: Resource, _ span: InstantRange, _ edges: [InstantRange], _ loads: [Day: DayLoad]) -> (gap: Int, load: Int) {
        let edge = edges.partitioned { $0.end > span.start }
        let load = loads[clock.day(at: span.start)]
        return (
            edge < edges.count ? waste(Demand(provider, type).span(for: span), in: edges[edge], seconds) : 0,
            (load?.minutes[provider.id] ?? 0) - (load?.least ?? 0)
        )
    }

    /// Minutes before and after, in a stretch of free time, in which no other of the same length fits.
    private func waste(_ taken: InstantRange, in free: InstantRange, _ length: Int64) -> Int {
        let before = max(0, taken.start.seconds(since: free.start))
        let after = max(0, free.end.seconds(since: taken.end))
        return Int(clamping: ((before < length ? before : 0) + (after < length ? after : 0)) / 60)
    }

    /// The stretches in which the provider works and nothing is booked or blocked.
    func edges(of provider: Resource) -> [InstantRange] {
        let hours = timetable.hours(of: provider.id, clock) ?? timetable.hours(of: nil, clock)
        let open = hours ?? clock.days.compactMap { day in DiaryHours.usual.flatMap { clock.span(of: $0, on: day) } }
        let busy = load.spans(of: provider.id.uuid) + timetable.blocks(of: provider.id, meeting: clock.whole).map(\.span)
        return InstantRange.open(open, without: InstantRange.joined(busy))
    }

    /// Of one day: how many minutes of each provider are taken, and of the least busy.
    struct DayLoad: Sendable {
        var minutes: [ResourceID: Int] = [:]
        var least: Int { minutes.values.min() ?? 0 }
    }

    func loads(_ providers: [Resource]) -> [Day: DayLoad] {
        var loads: [Day: DayLoad] = [:]
        for day in clock.days {
            loads[day] = DayLoad(minutes: Dictionary(providers.map { ($0.id, 0) }, uniquingKeysWith: { first, _ in first }))
        }
        for provider in providers {
            for lane in load.lanes(of: provider.id.uuid) {
                for span in lane.spans where span.overlaps(clock.whole) {
                    let minutes = Int(clamping: span.end.seconds(since: span.start) / 60)
                    loads[clock.day(at: span.start)]?.minutes[provider.id, default: 0] += minutes
                }
            }
        }
        return loads
    }
}

extension InstantRange {
    func widened(by minutes: Int) -> InstantRange { InstantRange(start.adding(minutes: -minutes), end.adding(minutes: minutes)) ?? self }

    /// What two lists of spans, each in order and apart, have in common.
    static func common(_ left: [InstantRange], _ right: [InstantRange]) -> [InstantRange] {
        var common: [InstantRange] = []
        var (first, second) = (0, 0)
        while first < left.count, second < right.count {
            if let span = InstantRange(max(left[first].start, right[second].start), min(left[first].end, right[second].end)) {
                common.append(span)
            }
            if left[first].end < right[second].end { first += 1 } else { second += 1 }
        }
        return common
    }

    /// What is left of spans, in order and apart, without others.
    static func open(_ spans: [InstantRange], without taken: [InstantRange]) -> [InstantRange] {
        var open: [InstantRange] = []
        var index = 0
        for span in spans {
            var start = span.start
            while index < taken.count, taken[index].end <= start { index += 1 }
            var at = index
            while at < taken.count, taken[at].start < span.end {
                if let free = InstantRange(start, taken[at].start) { open.append(free) }
                start = max(start, taken[at].end)
                at += 1
            }
            if let free = InstantRange(start, span.end) { open.append(free) }
        }
        return open
    }
}
