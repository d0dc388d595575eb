import Values

/// Some days in a row, with the moments at which their clocks show a time. Asking a zone's rules is dear, and most days are plain: 24 hours long.
struct DayClock: Sendable {
    let first: Day
    let last: Day
    private let rules: TimeZoneRules
    /// The moments the days begin, and that after the last.
    private let starts: [Instant]

    init(_ first: Day, through last: Day, _ rules: TimeZoneRules) {
        self.first = first
        self.last = max(first, last)
        self.rules = rules
        let count = Int(self.last.daysSinceEpoch) - Int(first.daysSinceEpoch) + 1
        starts = (0...count).map { rules.start(of: first.adding(days: $0)) }
    }

    /// The days that a span touches.
    init(_ span: InstantRange, _ rules: TimeZoneRules) {
        let last = Instant(microseconds: span.end.microseconds - 1)
        self.init(rules.wallClock(at: span.start).day, through: rules.wallClock(at: last).day, rules)
    }

    var days: [Day] { (0..<starts.count - 1).map { first.adding(days: $0) } }
    var whole: InstantRange { InstantRange(starts[0], starts[starts.count - 1]) ?? rules.span(of: first) }

    func span(of day: Day) -> InstantRange {
        let index = index(day)
        return InstantRange(starts[index], starts[index + 1]) ?? rules.span(of: day)
    }

    /// nil when clocks skip all of it.
    func span(of part: DayPart, on day: Day) -> InstantRange? { InstantRange(moment(part.from, on: day), moment(part.until, on: day)) }

    /// The day that a moment belongs to; the first or the last when it is outside.
    func day(at moment: Instant) -> Day {
        var low = 0
        var high = starts.count - 2
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle] <= moment { low = middle } else { high = middle - 1 }
        }
        return first.adding(days: low)
    }

    private func moment(_ minutes: Int, on day: Day) -> Instant {
        let index = index(day)
        if minutes >= DayPart.day { return starts[index + 1] }
        if starts[index + 1].seconds(since: starts[index]) == 86_400 { return starts[index].adding(minutes: minutes) }
        return TimeOfDay(minutes: minutes).map { rules.first(day, $0) } ?? starts[index]
    }

    private func index(_ day: Day) -> Int { min(max(Int(day.daysSinceEpoch) - Int(first.daysSinceEpoch), 0), starts.count - 2) }
}
