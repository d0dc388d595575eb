import Postgres
import Values

/// What is taken on many days, and what of it many appointments take one after another: those that are planned already are in the way of
/// the next. Pure.
struct Agenda: Sendable {
    let timetable: Timetable
    let now: Instant
    var allotments: [ResourceID: [InstantRange]] = [:]
    /// By the UTC days that a span touches, so that a look at one day costs what is taken on that day.
    private var days: [Int64: [Occupancy]] = [:]

    init(_ taken: some Sequence<Occupancy>, _ timetable: Timetable, now: Instant) {
        self.timetable = timetable
        self.now = now
        for occupancy in taken { add(occupancy) }
    }

    /// All that stands in the way; empty when it can be booked.
    func obstacles(to want: Want, at span: InstantRange) -> [Obstacle] {
        rulebook(want, span).rules.obstacles(to: span).filter { !want.settled.contains($0.rule) }
    }

    /// The nearest time of the same day at which no rule and nobody is in the way; nil when no other time would do.
    func nearest(_ want: Want, to span: InstantRange) -> InstantRange? {
        let (rules, hours) = rulebook(want, span)
        return nearest(want, to: span, rules, hours)
    }

    /// The time of another day that is nearest to this one on the clocks, and by how many seconds it is off.
    func nearest(_ want: Want, at time: TimeOfDay, minutes: Int, on day: Day) -> (span: InstantRange, off: Int64)? {
        // Most days that have no room are days off: to know that costs next to nothing.
        let calendars: [ResourceID?] = [nil] + want.resources.map { Optional($0.id) }
        guard !calendars.contains(where: { timetable.plan(of: $0, on: day)?.parts.isEmpty == true }) else { return nil }
        let start = timetable.rules.first(day, time)
        guard let span = InstantRange(start, start.adding(minutes: minutes)) else { return nil }
        let (rules, hours) = rulebook(want, span)
        if start >= now, rules.obstacles(to: span).allSatisfy({ want.settled.contains($0.rule) }) { return (span, 0) }
        return nearest(want, to: span, rules, hours).map { (span: $0, off: abs($0.start.seconds(since: start))) }
    }

    private func nearest(_ want: Want, to span: InstantRange, _ rules: Rulebook, _ hours: DiaryHours) -> InstantRange? {
        guard rules.standing.allSatisfy({ want.settled.contains($0.rule) }),
            let room = rules.room(for: span, in: hours.search(timetable, want.resources.map(\.id)))
        else { return nil }
        return rules.diary.nearestOpenings(to: span, rules.demands, within: room, notBefore: now, count: 1, where: rules.allows).first
    }

    /// From now on it is in the way of others.
    mutating func take(_ want: Want, at span: InstantRange) {
        for demand in want.demands {
            let wanted = demand.span(for: span)
            guard let lanes = lanes(demand, wanted) else { continue }
            add(
                Occupancy(
                    appointment: want.appointment,
                    holder: demand.holder,
                    lanes: lanes,
                    span: wanted,
                    type: want.type.id,
                    sharing: want.type.sharing
                )
            )
        }
    }

    // MARK: Days

    private mutating func add(_ occupancy: Occupancy) {
        for day in Agenda.days(occupancy.span) { days[day, default: []].append(occupancy) }
    }

    private func taken(in window: InstantRange) -> [Occupancy] {
        let asked = Agenda.days(window)
        return asked.flatMap { day in
            // One that touches several days is taken on the first of them only.
            (days[day] ?? []).filter { max(Agenda.days($0.span).lowerBound, asked.lowerBound) == day }
        }
    }

    private static func days(_ span: InstantRange) -> ClosedRange<Int64> {
        let first = span.start.wholeSeconds(roundedUp: false) / 86_400
        return first...max(first, span.end.wholeSeconds(roundedUp: true) / 86_400)
    }

    // MARK: One look

    private func rulebook(_ want: Want, _ span: InstantRange) -> (rules: Rulebook, hours: DiaryHours) {
        let minutes = Int(clamping: span.end.seconds(since: span.start) / 60)
        let hours = DiaryHours(around: span.start, minutes: minutes, timetable.rules)
        var rules = Rulebook(
            type: want.type,
            patron: want.patron,
            cast: want.resources,
            timetable: timetable,
            diary: Diary(taken(in: hours.window), in: hours.window, moving: want.appointment),
            now: now
        )
        rules.allotments = allotments
        return (rules, hours)
    }

    /// The lowest lane that is free, as the table's own statement takes it.
    private func lanes(_ demand: Demand, _ span: InstantRange) -> Int4Range? {
        guard demand.lanes > 1 else { return Int4Range(0, nil) }
        let overlapping = taken(in: span).filter { $0.holder == demand.holder && $0.span.overlaps(span) }
        let free = demand.freeLane(beside: overlapping) ?? 0
        return Int4Range(Int32(clamping: free), Int32(clamping: free + 1))
    }
}
