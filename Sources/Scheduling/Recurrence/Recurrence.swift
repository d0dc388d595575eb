public import Values

/// A series as it was asked for: a rule, the first day, the time on the wall, and the days left out and put in. It keeps its wall clock: 09:00
/// stays 09:00 over daylight saving, and each occurrence says what the clocks do then (DESIGN L6).
public struct Recurrence: Hashable, Sendable {
    public let rule: RecurrenceRule
    public let start: Day
    public let time: TimeOfDay
    /// EXDATE: days on which the series does not happen (RFC 5545 section 3.8.5.1). They still count towards COUNT.
    public let exceptions: Set<Day>
    /// RDATE: days on which it happens too, at the same time (section 3.8.5.2). They do not count.
    public let extraDays: Set<Day>

    /// Errors: `too_many_days`, `extra_day_outside`, `start_outside`.
    public init(
        _ rule: RecurrenceRule,
        start: Day,
        time: TimeOfDay,
        exceptions: [Day] = [],
        extraDays: [Day] = [],
        limits: RecurrenceLimits = .standard
    ) throws(Problem) {
        guard exceptions.count <= limits.listedDays else { throw RecurrenceProblem.tooManyDays("/exceptions", limits.listedDays) }
        guard extraDays.count <= limits.listedDays else { throw RecurrenceProblem.tooManyDays("/extra_days", limits.listedDays) }
        guard Recurrence.accepted.contains(start) else { throw RecurrenceProblem.startOutside }
        let horizon = start.adding(days: limits.days)
        if let outside = extraDays.firstIndex(where: { $0 < start || $0 > horizon }) { throw RecurrenceProblem.extraOutside(outside) }
        self.rule = rule
        self.start = start
        self.time = time
        self.exceptions = Set(exceptions)
        self.extraDays = Set(extraDays)
    }

    /// Ten years and more before the calendar's ends, so that no arithmetic reaches them.
    private static let accepted = Day(daysSinceEpoch: -58_000)...Day(daysSinceEpoch: 185_000)  // 1811 to 2476

    /// One time of a series.
    public struct Occurrence: Hashable, Sendable {
        public let day: Day
        public let time: TimeOfDay
        /// Whether this time exists once that day, is skipped, or happens twice.
        public let reading: WallClockReading
        /// It comes from the extra days, not from the rule.
        public let isExtra: Bool
    }

    /// All occurrences in order, at least one. Errors: `rule_unending`, `too_many_occurrences`, `series_too_long`, `ends_before_start`,
    /// `start_not_occurrence` (with `first_occurrence` if there is one), `no_occurrence_left`.
    public func occurrences(_ zone: TimeZoneRules, limits: RecurrenceLimits = .standard) throws(Problem) -> [Occurrence] {
        let regular = try ruleDays(zone, limits).filter { !exceptions.contains($0) }
        let extra = extraDays.subtracting(regular).subtracting(exceptions)
        guard regular.count + extra.count <= limits.occurrences else { throw RecurrenceProblem.tooMany(limits.occurrences) }
        guard !regular.isEmpty || !extra.isEmpty else { throw RecurrenceProblem.nothingLeft }
        return (regular + extra).sorted().map {
            Occurrence(day: $0, time: time, reading: zone.read($0, time), isExtra: extra.contains($0))
        }
    }

    /// Exceptions on which nothing would have happened anyway: a slip of the pen worth telling. Errors: as `occurrences`.
    public func strayExceptions(_ zone: TimeZoneRules, limits: RecurrenceLimits = .standard) throws(Problem) -> [Day] {
        exceptions.subtracting(try ruleDays(zone, limits)).subtracting(extraDays).sorted()
    }

    /// When the rule's last occurrence begins, left out or not; the later moment where clocks are put back. Errors: as `occurrences`.
    func lastMoment(_ zone: TimeZoneRules, limits: RecurrenceLimits = .standard) throws(Problem) -> Instant {
        switch zone.read(try ruleDays(zone, limits).last ?? start, time) {
        case .once(let instant), .skipped(let instant), .repeated(_, let instant): instant
        }
    }

    private func ruleDays(_ zone: TimeZoneRules, _ limits: RecurrenceLimits) throws(Problem) -> [Day] {
        let horizon = start.adding(days: limits.days)
        switch rule.end {
        case .never: throw RecurrenceProblem.unending
        case .count(let count):
            guard count <= limits.occurrences else { throw RecurrenceProblem.tooMany(limits.occurrences) }
            let days = RecurrenceDays(rule, from: start, through: horizon).first(count)
            try checkStart(days)
            guard days.count == count else { throw RecurrenceProblem.reachesTooFar(limits.days) }
            return days
        case .until(let until):
            let last = lastDay(until, zone)
            guard last >= start else { throw RecurrenceProblem.endsBeforeStart }
            guard last <= horizon else { throw RecurrenceProblem.reachesTooFar(limits.days) }
            let days = RecurrenceDays(rule, from: start, through: last).first(limits.occurrences + 1)
            try checkStart(days)
            guard days.count <= limits.occurrences else { throw RecurrenceProblem.tooMany(limits.occurrences) }
            return days
        }
    }

    /// A start that is not an occurrence has no meaning in RFC 5545 ("undefined"), and systems differ: so it is refused.
    private func checkStart(_ days: [Day]) throws(Problem) {
        guard days.first != start else { return }
        var problem = RecurrenceProblem.startNotOccurrence
        if let first = days.first { problem.extra["first_occurrence"] = "\"\(first)\"" }
        throw problem
    }

    /// The last day on which the series' time is not after UNTIL.
    private func lastDay(_ until: RecurrenceRule.Until, _ zone: TimeZoneRules) -> Day {
        switch until {
        case .day(let day): return day
        case .wallClock(let day, let second): return time.minutes * 60 <= second ? day : day.adding(days: -1)
        case .instant(let instant):
            let day = zone.wallClock(at: instant).day
            // Clocks may be put back over midnight, so the day after is looked at too.
            return [1, 0, -1].lazy.map { day.adding(days: $0) }.first { earliest(on: $0, zone) <= instant } ?? day.adding(days: -1)
        }
    }

    private func earliest(on day: Day, _ zone: TimeZoneRules) -> Instant {
        switch zone.read(day, time) {
        case .once(let instant), .repeated(let instant, _), .skipped(let instant): instant
        }
    }
}
