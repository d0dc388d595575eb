public import Values

extension RecurrenceRule {
    /// Reads `FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10` (RFC 5545 section 3.3.10): parts in any order, names in any case, nothing before or after.
    /// Errors, all `invalid` with a code of their own: `rule_too_long`, `rule_malformed`, `frequency_unsupported`, `part_unknown`,
    /// `part_unsupported`, `part_repeated`, `part_invalid`, `part_misplaced`, `count_with_until`.
    public init(_ text: some StringProtocol) throws(Problem) {
        self = try RecurrenceRuleReader(text).rule()
    }
}

/// Reads one rule; work is bounded by the text's length.
private struct RecurrenceRuleReader {
    private var values: [String: String] = [:]

    private static let known: Set = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"]
    /// Parts of RFC 5545 and 7529 that mean a time of day, a numbered week, a day of the year or another calendar.
    private static let unsupported: Set = ["BYSECOND", "BYMINUTE", "BYHOUR", "BYYEARDAY", "BYWEEKNO", "RSCALE", "SKIP"]

    init(_ text: some StringProtocol) throws(Problem) {
        guard text.utf8.count <= RecurrenceLimits.ruleBytes else { throw RecurrenceProblem.tooLong }
        // ASCII before uppercasing: there are letters whose capital is ASCII.
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw RecurrenceProblem.malformed }
        for part in text.uppercased().split(separator: ";", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else { throw RecurrenceProblem.malformed }
            let name = String(sides[0])
            if RecurrenceRuleReader.unsupported.contains(name) { throw RecurrenceProblem.unsupported(name) }
            guard RecurrenceRuleReader.known.contains(name) else { throw RecurrenceProblem.unknownPart }
            guard values.updateValue(String(sides[1]), forKey: name) == nil else { throw RecurrenceProblem.repeated(name) }
        }
    }

    func rule() throws(Problem) -> RecurrenceRule {
        guard let name = values["FREQ"] else { throw RecurrenceProblem.malformed }
        guard let frequency = RecurrenceRule.Frequency(rawValue: name) else { throw RecurrenceProblem.frequency }
        let rule = RecurrenceRule(
            frequency: frequency,
            interval: try number("INTERVAL", in: 1...RecurrenceLimits.interval) ?? 1,
            end: try end(),
            byDay: try byDay(),
            byMonthDay: try numbers("BYMONTHDAY", upTo: 31, fromEnd: true),
            byMonth: try numbers("BYMONTH", upTo: 12, fromEnd: false),
            bySetPosition: try numbers("BYSETPOS", upTo: 366, fromEnd: true),
            weekStart: try weekStart()
        )
        try checkPlaces(rule)
        return rule
    }

    private func end() throws(Problem) -> RecurrenceRule.End {
        // A count beyond every limit is read, so that the refusal names the limit.
        let count = try number("COUNT", in: 1...999_999_999)
        guard let text = values["UNTIL"] else { return count.map { .count($0) } ?? .never }
        guard count == nil else { throw RecurrenceProblem.countWithUntil }
        guard let until = RecurrenceRule.Until(text) else {
            throw RecurrenceProblem.value("UNTIL", "a date (20261231), a local time (20261231T170000) or a UTC time (20261231T170000Z)")
        }
        return .until(until)
    }

    private func byDay() throws(Problem) -> [RecurrenceRule.ByDay] {
        var days: Set<RecurrenceRule.ByDay> = []
        for text in try list("BYDAY") {
            guard let weekday = RecurrenceRule.Weekday(rawValue: String(text.suffix(2))) else { throw RecurrenceRuleReader.byDayValue }
            let sign = text.dropLast(2)
            let ordinal = sign.isEmpty ? nil : signed(sign, upTo: 53)
            guard sign.isEmpty || ordinal != nil else { throw RecurrenceRuleReader.byDayValue }
            days.insert(RecurrenceRule.ByDay(ordinal: ordinal, weekday: weekday))
        }
        return days.sorted { ($0.ordinal ?? 0, $0.weekday.number) < ($1.ordinal ?? 0, $1.weekday.number) }
    }

    private static let byDayValue = RecurrenceProblem.value(
        "BYDAY",
        "a list of MO, TU, WE, TH, FR, SA, SU, each perhaps with a number from -53 to 53"
    )

    private func weekStart() throws(Problem) -> RecurrenceRule.Weekday {
        guard let text = values["WKST"] else { return .monday }
        guard let weekday = RecurrenceRule.Weekday(rawValue: text) else { throw RecurrenceProblem.value("WKST", "a weekday such as MO") }
        return weekday
    }

    /// What the RFC forbids ("MUST NOT"), and ordinals that no month has.
    private func checkPlaces(_ rule: RecurrenceRule) throws(Problem) {
        let ordinals = rule.byDay.compactMap(\.ordinal)
        if !ordinals.isEmpty {
            guard rule.frequency == .monthly || rule.frequency == .yearly else {
                throw RecurrenceProblem.misplaced("BYDAY", "has a number only in MONTHLY and YEARLY rules")
            }
            guard rule.countsWithinYear || ordinals.allSatisfy({ abs($0) <= 5 }) else {
                throw RecurrenceProblem.misplaced("BYDAY", "counts to 5 within a month")
            }
        }
        guard rule.byMonthDay.isEmpty || rule.frequency != .weekly else {
            throw RecurrenceProblem.misplaced("BYMONTHDAY", "does not go with WEEKLY")
        }
        guard rule.bySetPosition.isEmpty || !(rule.byDay.isEmpty && rule.byMonthDay.isEmpty && rule.byMonth.isEmpty) else {
            throw RecurrenceProblem.misplaced("BYSETPOS", "chooses among the days of another BY part, and there is none")
        }
    }

    // MARK: Values

    private func list(_ name: String) throws(Problem) -> [Substring] {
        guard let text = values[name] else { return [] }
        let items = text.split(separator: ",", omittingEmptySubsequences: false)
        guard items.count <= RecurrenceLimits.values else { throw RecurrenceProblem.tooLong }
        return items
    }

    private func number(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = values[name] else { return nil }
        guard let value = Digits.number(text.utf8), range.contains(value) else {
            throw RecurrenceProblem.value(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private func numbers(_ name: String, upTo limit: Int, fromEnd: Bool) throws(Problem) -> [Int] {
        var found: Set<Int> = []
        for text in try list(name) {
            guard let value = signed(text, upTo: limit), value > 0 || fromEnd else {
                throw RecurrenceProblem.value(
                    name,
                    "a list of numbers from 1 to \(limit)" + (fromEnd ? ", or with a minus from the end" : "")
                )
            }
            found.insert(value)
        }
        return found.sorted()
    }

    /// `5`, `+5` or `-5`; never 0.
    private func signed(_ text: Substring, upTo limit: Int) -> Int? {
        let isNegative = text.hasPrefix("-")
        let digits = isNegative || text.hasPrefix("+") ? text.dropFirst() : text
        guard let value = Digits.number(digits.utf8), (1...limit).contains(value) else { return nil }
        return isNegative ? -value : value
    }
}

extension RecurrenceRule.Until {
    /// nil for anything but a date, a local time or a UTC time in basic form.
    init?(_ text: String) {
        switch CalendarStamp(text) {
        case .day(let day): self = .day(day)
        case .local(let day, let second): self = .wallClock(day, second: second)
        case .utc(let instant): self = .instant(instant)
        case nil: return nil
        }
    }
}
