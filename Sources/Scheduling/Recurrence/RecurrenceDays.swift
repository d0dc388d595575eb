import Values

/// The days of a rule, from a first day to a last: RFC 5545 section 3.3.10. Every part but the interval either chooses among the days of a
/// period (day, week, month, year) or leaves days out of it, so each period's days are walked and asked. Ten years are 3,653 days: the
/// cost is the same for every rule.
struct RecurrenceDays {
    private let rule: RecurrenceRule
    private let start: Day
    private let last: Day
    private let weekdays: Set<Int>
    private let ordinals: Set<RecurrenceRule.ByDay>
    private let monthDays: Set<Int>
    private let months: Set<Int>

    init(_ rule: RecurrenceRule, from start: Day, through last: Day) {
        self.rule = rule
        self.start = start
        self.last = last
        // "Information not specified in the rule is taken from the start": a rule without days repeats the start's.
        let namesDays = !rule.byDay.isEmpty || !rule.byMonthDay.isEmpty
        let parts = start.parts
        let isByDate = !namesDays && (rule.frequency == .monthly || rule.frequency == .yearly)
        monthDays = isByDate ? [parts.day] : Set(rule.byMonthDay)
        months = isByDate && rule.frequency == .yearly && rule.byMonth.isEmpty ? [parts.month] : Set(rule.byMonth)
        let plain = rule.byDay.filter { $0.ordinal == nil }.map(\.weekday.number)
        weekdays = !namesDays && rule.frequency == .weekly ? [start.weekday] : Set(plain)
        ordinals = Set(rule.byDay.filter { $0.ordinal != nil })
    }

    /// At most `limit` days, in order.
    func first(_ limit: Int) -> [Day] {
        var found: [Day] = []
        var period = Period(rule, around: start)
        while let days = period.days, days.lowerBound <= last {
            for day in chosen(days) where day >= start && day <= last {
                found.append(day)
                if found.count == limit { return found }
            }
            period.advance()
        }
        return found
    }

    private func chosen(_ days: ClosedRange<Day>) -> [Day] {
        var matching: [Day] = []
        var day = days.lowerBound
        while day <= days.upperBound {
            if matches(day) { matching.append(day) }
            day = day.adding(days: 1)
        }
        guard !rule.bySetPosition.isEmpty else { return matching }
        let count = matching.count
        let indices = Set(rule.bySetPosition.map { $0 > 0 ? $0 - 1 : count + $0 }).filter { $0 >= 0 && $0 < count }
        return indices.sorted().map { matching[$0] }
    }

    private func matches(_ day: Day) -> Bool {
        let parts = day.parts
        guard months.isEmpty || months.contains(parts.month) else { return false }
        if !monthDays.isEmpty {
            let length = Period.month(of: day).count
            guard monthDays.contains(parts.day) || monthDays.contains(parts.day - length - 1) else { return false }
        }
        guard !weekdays.isEmpty || !ordinals.isEmpty else { return true }
        return weekdays.contains(day.weekday) || (!ordinals.isEmpty && matchesOrdinal(day))
    }

    /// `2MO` is the second Monday, `-1MO` the last one, of the month or the year.
    private func matchesOrdinal(_ day: Day) -> Bool {
        let scope = rule.countsWithinYear ? Period.year(of: day) : Period.month(of: day)
        let fromStart = scope.before(day) / 7 + 1
        let fromEnd = -(scope.after(day) / 7 + 1)
        return ordinals.contains {
            $0.weekday.number == day.weekday && ($0.ordinal == fromStart || $0.ordinal == fromEnd)
        }
    }
}

/// One period of a rule after another: a day, a week, a month or a year, `interval` apart.
private struct Period {
    private let rule: RecurrenceRule
    /// nil once the calendar ends.
    private(set) var days: ClosedRange<Day>?

    init(_ rule: RecurrenceRule, around start: Day) {
        self.rule = rule
        switch rule.frequency {
        case .daily: days = start...start
        case .weekly:
            let first = start.adding(days: -((start.weekday - rule.weekStart.number + 7) % 7))
            days = first...first.adding(days: 6)
        case .monthly: days = Period.month(of: start).days
        case .yearly: days = Period.year(of: start).days
        }
    }

    mutating func advance() {
        guard let first = days?.lowerBound else { return }
        let (year, month, _) = first.parts
        switch rule.frequency {
        case .daily:
            let next = first.adding(days: rule.interval)
            days = next...next
        case .weekly:
            let next = first.adding(days: 7 * rule.interval)
            days = next...next.adding(days: 6)
        case .monthly:
            let months = year * 12 + month - 1 + rule.interval
            days = Day(year: months / 12, month: months % 12 + 1, day: 1).map { Period.month(of: $0).days }
        case .yearly:
            days = Day(year: year + rule.interval, month: 1, day: 1).map { Period.year(of: $0).days }
        }
    }

    /// A month or a year around a day.
    struct Scope {
        let first: Day
        let count: Int

        var days: ClosedRange<Day> { first...first.adding(days: count - 1) }

        /// Days of it before a day of it, and after one.
        func before(_ day: Day) -> Int { Int(day.daysSinceEpoch) - Int(first.daysSinceEpoch) }
        func after(_ day: Day) -> Int { count - 1 - before(day) }
    }

    /// Day 32 of a month is the 1st to the 4th of the next: by so much the month is shorter than 31 days.
    static func month(of day: Day) -> Scope {
        let first = day.adding(days: 1 - day.parts.day)
        return Scope(first: first, count: 32 - first.adding(days: 31).parts.day)
    }

    static func year(of day: Day) -> Scope {
        let first = Day(year: day.parts.year, month: 1, day: 1) ?? day
        return Scope(first: first, count: first.adding(days: 365).parts.day == 1 ? 365 : 366)
    }
}
