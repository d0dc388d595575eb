import Scheduling
import Values

/// A series in one line, for the command line: `2026-03-02 09:00 America/New_York FREQ=WEEKLY;COUNT=4 -2026-03-09 +2026-03-20`, where a minus
/// is a day left out and a plus a day put in.
struct SeriesLine {
    let recurrence: Recurrence
    let zone: ZoneName
    let occurrences: [Recurrence.Occurrence]
    let strayExceptions: [Day]

    static let malformed = Problem(.malformed, "line_malformed", "A line is: day, time, zone, rule, and days with a minus or a plus.")

    /// Errors: `line_malformed`, and those of rules and series.
    init(_ line: some StringProtocol) throws(Problem) {
        let words = line.split(separator: " ")
        guard words.count >= 4, let start = Day(words[0]), let time = TimeOfDay(words[1]), let zone = ZoneName(words[2]) else {
            throw SeriesLine.malformed
        }
        var exceptions: [Day] = []
        var extraDays: [Day] = []
        for word in words.dropFirst(4) {
            guard let day = Day(word.dropFirst()), word.hasPrefix("-") || word.hasPrefix("+") else { throw SeriesLine.malformed }
            if word.hasPrefix("-") { exceptions.append(day) } else { extraDays.append(day) }
        }
        let rules = TimeZoneRules(zone)
        self.zone = zone
        recurrence = try Recurrence(try RecurrenceRule(words[3]), start: start, time: time, exceptions: exceptions, extraDays: extraDays)
        occurrences = try recurrence.occurrences(rules)
        strayExceptions = try recurrence.strayExceptions(rules)
    }

    /// What a line means, or why it is refused.
    static func explained(_ line: some StringProtocol) -> JSON {
        do {
            return try SeriesLine(line).json
        } catch {
            return .object([("refused", .string(error.code)), ("detail", .string(error.detail))])
        }
    }

    private var json: JSON {
        .object([
            ("rule", .string(recurrence.rule.description)),
            ("occurrences", .array(occurrences.map { SeriesLine.json($0) })),
            ("stray_exceptions", .array(strayExceptions.map { .string($0.description) })),
        ])
    }

    private static func json(_ occurrence: Recurrence.Occurrence) -> JSON {
        var members: [(key: String, value: JSON)] = [("day", .string(occurrence.day.description))]
        switch occurrence.reading {
        case .once(let instant): members += [("clock", .string("once")), ("starts_at", .string(instant.description))]
        case .skipped(let next): members += [("clock", .string("skipped")), ("next", .string(next.description))]
        case .repeated(let earlier, let later):
            members += [
                ("clock", .string("repeated")), ("candidates", .array([earlier, later].map { .string($0.description) })),
            ]
        }
        if occurrence.isExtra { members.append(("is_extra", .bool(true))) }
        return .object(members)
    }
}
