public import Values

/// How a series repeats: an RRULE of RFC 5545 (section 3.3.10), as far as clinics need it. Days only: the time of day is the series' own, so
/// parts below a day are refused, and SECONDLY, MINUTELY and HOURLY with them.
///
/// **Days 29 to 31 and 29 February.** A monthly series on the 31st happens in the months that have one, a yearly series of 29 February in
/// leap years: the RFC ignores days that do not exist, it never moves them. Who wants the last day of each month says `BYMONTHDAY=-1`.
public struct RecurrenceRule: Hashable, Sendable {
    public enum Frequency: String, Hashable, Sendable, CaseIterable {
        case daily = "DAILY"
        case weekly = "WEEKLY"
        case monthly = "MONTHLY"
        case yearly = "YEARLY"
    }

    public enum Weekday: String, Hashable, Sendable, CaseIterable {
        case monday = "MO"
        case tuesday = "TU"
        case wednesday = "WE"
        case thursday = "TH"
        case friday = "FR"
        case saturday = "SA"
        case sunday = "SU"

        /// 1 is Monday, 7 is Sunday, as in `Day.weekday`.
        public var number: Int {
            switch self {
            case .monday: 1
            case .tuesday: 2
            case .wednesday: 3
            case .thursday: 4
            case .friday: 5
            case .saturday: 6
            case .sunday: 7
            }
        }
    }

    /// One BYDAY value: `MO`, or with an ordinal `2MO` (the second Monday) and `-1FR` (the last Friday) of the month or year.
    public struct ByDay: Hashable, Sendable {
        public let ordinal: Int?
        public let weekday: Weekday
    }

    /// When a rule stops.
    public enum End: Hashable, Sendable {
        /// It does not say. Such a rule is read, for files of other systems have them, but never expanded.
        case never
        /// After so many occurrences, the first included, the excepted ones too.
        case count(Int)
        /// With the last occurrence at or before it.
        case until(Until)
    }

    /// The three forms of UNTIL.
    public enum Until: Hashable, Sendable {
        /// The whole day is included.
        case day(Day)
        /// On the location's wall; seconds since midnight.
        case wallClock(Day, second: Int)
        case instant(Instant)
    }

    public let frequency: Frequency
    /// Every so many days, weeks, months or years.
    public let interval: Int
    public let end: End
    /// Empty, or sorted and without repeats, as all lists here.
    public let byDay: [ByDay]
    /// 1 to 31, or from the month's end -1 to -31.
    public let byMonthDay: [Int]
    /// 1 to 12.
    public let byMonth: [Int]
    /// Which of the days that the other parts leave in each period: 1 is the first, -1 the last.
    public let bySetPosition: [Int]
    /// The day on which weeks begin. It matters to weekly rules with an interval or with positions.
    public let weekStart: Weekday

    /// Ordinals count within the month, or within the year for a yearly rule without BYMONTH.
    var countsWithinYear: Bool { frequency == .yearly && byMonth.isEmpty }

    /// The same rule with another end: for a rule that never ends, and for a series that is cut where a new one follows.
    public func ending(_ end: End) -> RecurrenceRule {
        RecurrenceRule(
            frequency: frequency,
            interval: interval,
            end: end,
            byDay: byDay,
            byMonthDay: byMonthDay,
            byMonth: byMonth,
            bySetPosition: bySetPosition,
            weekStart: weekStart
        )
    }
}

extension RecurrenceRule: CustomStringConvertible {
    /// The rule as RFC 5545 writes it, always in the same order; reading it gives an equal rule.
    public var description: String {
        var parts = ["FREQ=" + frequency.rawValue]
        switch end {
        case .never: break
        case .count(let count): parts.append("COUNT=\(count)")
        case .until(let until): parts.append("UNTIL=\(until)")
        }
        if interval != 1 { parts.append("INTERVAL=\(interval)") }
        func list(_ name: String, _ values: [some CustomStringConvertible]) {
            if !values.isEmpty { parts.append(name + "=" + values.map(\.description).joined(separator: ",")) }
        }
        list("BYMONTH", byMonth)
        list("BYMONTHDAY", byMonthDay)
        list("BYDAY", byDay)
        list("BYSETPOS", bySetPosition)
        if weekStart != .monday { parts.append("WKST=" + weekStart.rawValue) }
        return parts.joined(separator: ";")
    }
}

extension RecurrenceRule.ByDay: CustomStringConvertible {
    public var description: String { (ordinal.map(String.init) ?? "") + weekday.rawValue }
}

extension RecurrenceRule.Until: CustomStringConvertible {
    public var description: String {
        switch self {
        case .day(let day): day.compact
        case .wallClock(let day, let second): CalendarStamp.text(day, second: second)
        case .instant(let instant): CalendarStamp.text(instant)
        }
    }
}
