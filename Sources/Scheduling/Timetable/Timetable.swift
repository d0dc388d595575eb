import Values

/// When a location and its resources work in a window of time: weekly hours, dated hours and blocks, as far as they were read. Pure.
struct Timetable: Sendable {
    let rules: TimeZoneRules
    private let weekly: [ResourceID?: [WeeklyHours]]
    private let dated: [ResourceID?: [DatedHours]]
    private var blocks: [ResourceID?: Blocks]

    /// Those of one calendar, in order.
    private struct Blocks {
        let all: [Block]
        let timeline: Timeline

        init(_ unordered: [Block]) {
            all = unordered.sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }
            timeline = Timeline(all.map(\.span))
        }

        func meeting(_ span: InstantRange) -> [Block] { timeline.meeting(span).map { all[$0] } }
    }

    init(_ rules: TimeZoneRules, weekly: [WeeklyHours] = [], dated: [DatedHours] = [], blocks: [Block] = []) {
        self.rules = rules
        self.weekly = Dictionary(grouping: weekly, by: \.resource)
        self.dated = Dictionary(grouping: dated, by: \.resource)
        self.blocks = Dictionary(grouping: blocks, by: \.resource).mapValues(Blocks.init)
    }

    /// The same hours with other blocks.
    func blocked(by blocks: [Block]) -> Timetable {
        var timetable = self
        timetable.blocks = Dictionary(grouping: blocks, by: \.resource).mapValues(Blocks.init)
        return timetable
    }

    /// The hours of one calendar on one day.
    struct DayPlan: Sendable {
        let parts: [DayPart]
        /// The dated hours that hold instead of the weekly ones.
        let dated: DatedHours?
        /// Those of the weekday.
        let weekly: [WeeklyHours]
    }

    /// nil where nothing is set for the day: a resource then works when the location is open, and a location is bound to no hours. Weekly hours
    /// are set for a day when any of the calendar's holds on it, whatever its weekday: the others are days off.
    func plan(of calendar: ResourceID?, on day: Day) -> DayPlan? {
        if let dated = dated[calendar]?.first(where: { $0.holds(on: day) }) { return DayPlan(parts: dated.parts, dated: dated, weekly: []) }
        guard let rows = weekly[calendar]?.filter({ $0.holds(on: day) }), !rows.isEmpty else { return nil }
        let today = rows.filter { $0.weekday == day.weekday }.sorted { $0.part.from < $1.part.from }
        return DayPlan(parts: today.map(\.part), dated: nil, weekly: today)
    }

    /// The weekly hours that hold on a day, of whatever weekday.
    func weeklyHours(of calendar: ResourceID?, on day: Day) -> [WeeklyHours] { (weekly[calendar] ?? []).filter { $0.holds(on: day) } }

    /// Whether hours of any of these calendars, or the location's, are set for a day.
    func isSet(_ calendars: [ResourceID], on day: Day) -> Bool {
        plan(of: nil, on: day) != nil || calendars.contains { plan(of: $0, on: day) != nil }
    }

    /// The hours of these days, in order and joined where they touch; nil when nothing is set on any of them. Days on which nothing is set are
    /// open throughout.
    func hours(of calendar: ResourceID?, _ clock: DayClock) -> [InstantRange]? {
        guard dated[calendar] != nil || weekly[calendar] != nil else { return nil }
        var spans: [InstantRange] = []
        var isSet = false
        for day in clock.days {
            if let plan = plan(of: calendar, on: day) {
                isSet = true
                for part in plan.parts { if let span = clock.span(of: part, on: day) { spans.append(span) } }
            } else {
                spans.append(clock.span(of: day))
            }
        }
        return isSet ? InstantRange.joined(spans) : nil
    }

    /// Every block that was read, in order.
    var allBlocks: [Block] { blocks.values.flatMap(\.all).sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) } }

    /// The blocks that meet a span: the resource's own, and those of the whole location.
    func blocks(of resource: ResourceID, meeting span: InstantRange) -> [Block] {
        let (own, common) = (blocks[resource]?.meeting(span) ?? [], blocks[nil]?.meeting(span) ?? [])
        return (own + common).sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }
    }
}

extension InstantRange {
    /// In order, and one where they touch or overlap.
    static func joined(_ spans: [InstantRange]) -> [InstantRange] {
        var joined: [InstantRange] = []
        for span in spans.sorted(by: { $0.start < $1.start }) {
            if let last = joined.last, span.start <= last.end {
                joined[joined.count - 1] = InstantRange(last.start, max(last.end, span.end)) ?? last
            } else {
                joined.append(span)
            }
        }
        return joined
    }
}
