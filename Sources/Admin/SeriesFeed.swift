import Scheduling
import Values

/// Series of the command line as an iCalendar text.
enum SeriesFeed {
    private static let minutes = 30

    /// Errors: `line_malformed`, those of rules and series, `feed_too_large`.
    static func text(_ lines: [String], inUTC: Bool) throws(Problem) -> String {
        var events: [FeedEvent] = []
        for (index, line) in lines.enumerated() { events += SeriesFeed.events(try SeriesLine(line), index + 1, inUTC: inUTC) }
        return try CalendarFeed("Series, tried out", events).text()
    }

    private static func events(_ line: SeriesLine, _ number: Int, inUTC: Bool) -> [FeedEvent] {
        guard inUTC else { return [event("series-\(number)", .series(line.recurrence, line.zone, minutes: minutes), number)] }
        return line.occurrences.compactMap { occurrence in
            guard case .once(let start) = occurrence.reading, let span = InstantRange(start, start.adding(minutes: minutes)) else {
                return nil
            }
            return event("series-\(number)-\(occurrence.day.compact)", .once(span), number)
        }
    }

    private static func event(_ uid: String, _ time: FeedEvent.Time, _ number: Int) -> FeedEvent {
        FeedEvent(uid: uid, time: time, summary: "Series \(number)", changedAt: Instant(seconds: 0))
    }
}

extension CalendarContent {
    /// What was read, for people who look into a file.
    var json: JSON {
        .object([
            ("is_trusted", .bool(isTrusted)),
            ("events", .array(events.map(\.json))),
            ("held_events", .integer(heldEvents)),
            ("findings", .array(findings.map(\.json))),
            ("findings_left_out", .integer(findingsLeftOut)),
        ])
    }
}

extension CalendarFinding {
    fileprivate var json: JSON {
        .object([
            ("line", .integer(line)), ("code", .string(code.rawValue)), ("holds_event", .bool(severity == .holdsEvent)),
            ("refuses_file", .bool(severity == .refusesFile)), ("detail", detail.map { .string($0) } ?? .null),
        ])
    }
}

extension CalendarEvent {
    fileprivate var json: JSON {
        .object([
            ("line", .integer(line)), ("uid", text(uid)), ("summary", .string(summary)), ("status", text(status?.rawValue)),
            ("sequence", .integer(sequence)), ("start", .string(start.text)),
            ("minutes", minutes(at: TimeZoneRules(.utc)).map { .integer($0) } ?? .null),
            ("rule", text(rule?.description)), ("exceptions", .array(exceptions.map { .string($0.text) })),
            ("extras", .array(extras.map { .string($0.text) })), ("recurrence_id", text(recurrenceID?.text)),
        ])
    }

    private func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
}

extension CalendarTime {
    fileprivate var text: String {
        switch self {
        case .day(let day): day.description
        case .utc(let instant): instant.description
        case .floating(let day, let time): "\(day) \(time)"
        case .zoned(let day, let time, let zone): "\(day) \(time) \(zone)"
        }
    }
}
