public import Values

/// An iCalendar text of appointments (RFC 5545) for a calendar program that subscribes to it. What an event says is the caller's choice;
/// it should be as little as will do, for the link is all that protects it.
public struct CalendarFeed: Hashable, Sendable {
    /// What the subscriber's program calls the calendar.
    public let name: String
    public let events: [FeedEvent]

    static let tooLarge = Problem(.tooLarge, "feed_too_large", "The feed has too many events. Ask for fewer days.")

    /// Errors: `feed_too_large`.
    public init(_ name: String, _ events: [FeedEvent], limits: CalendarLimits = .standard) throws(Problem) {
        guard events.count <= limits.events else { throw CalendarFeed.tooLarge }
        self.name = name
        self.events = events
    }

    /// The text, lines ended by CRLF. Errors: those of a series that cannot be expanded.
    public func text() throws(Problem) -> String {
        var text = ""
        func line(_ line: String) { text += CalendarText.folded(line) }
        line("BEGIN:VCALENDAR")
        line("VERSION:2.0")
        line("PRODID:-//Polyclinic//Scheduling//EN")
        line("CALSCALE:GREGORIAN")
        line("METHOD:PUBLISH")
        // RFC 7986 section 5.1; the second name is what programs knew before it.
        line("NAME:" + CalendarText.escaped(name))
        line("X-WR-CALNAME:" + CalendarText.escaped(name))
        line("REFRESH-INTERVAL;VALUE=DURATION:PT15M")
        var bodies: [[String]] = []
        var walls: [ZoneName: ClosedRange<Day>] = [:]
        for event in events {
            let written = try event.written()
            bodies.append(written.lines)
            if let (zone, days) = written.wall {
                let known = walls[zone] ?? days
                walls[zone] = min(known.lowerBound, days.lowerBound)...max(known.upperBound, days.upperBound)
            }
        }
        for (zone, days) in walls.sorted(by: { $0.key.name < $1.key.name }) { ZoneObservances(zone, over: days).lines.forEach(line) }
        for body in bodies { body.forEach(line) }
        line("END:VCALENDAR")
        return text
    }
}

/// One event of a feed.
public struct FeedEvent: Hashable, Sendable {
    public enum Time: Hashable, Sendable {
        /// Written in UTC: no program can get it wrong.
        case once(InstantRange)
        /// Written as a rule on a zone's wall, with the zone's definition. Occurrences whose time the clocks skip or repeat are left out:
        /// write each as an event of its own, at the moment that was chosen for it.
        case series(Recurrence, ZoneName, minutes: Int)
    }

    /// The same for the same appointment for ever, and nobody else's: its id (RFC 7986 section 5.3).
    public let uid: String
    public let time: Time
    public let summary: String
    public let status: CalendarEvent.Status
    /// Rises with every change of the time or status (RFC 5545 section 3.8.7.4).
    public let sequence: Int
    /// When it was last changed.
    public let changedAt: Instant

    public init(
        uid: String,
        time: Time,
        summary: String,
        status: CalendarEvent.Status = .confirmed,
        sequence: Int = 0,
        changedAt: Instant
    ) {
        self.uid = uid
        self.time = time
        self.summary = summary
        self.status = status
        self.sequence = sequence
        self.changedAt = changedAt
    }

    /// Its lines, unfolded, and the days on the wall that it needs a zone for.
    func written() throws(Problem) -> (lines: [String], wall: (ZoneName, ClosedRange<Day>)?) {
        var lines = ["BEGIN:VEVENT", "UID:" + CalendarText.escaped(uid), "DTSTAMP:" + CalendarStamp.text(changedAt)]
        var wall: (ZoneName, ClosedRange<Day>)?
        switch time {
        case .once(let range):
            lines += ["DTSTART:" + CalendarStamp.text(range.start), "DTEND:" + CalendarStamp.text(range.end)]
        case .series(let recurrence, let zone, let minutes):
            let series = try WrittenSeries(recurrence, zone)
            lines += series.lines + ["DURATION:PT\(max(minutes, 1))M"]
            wall = (zone, series.days)
        }
        lines += [
            "SEQUENCE:\(sequence)", "STATUS:" + status.rawValue, "SUMMARY:" + CalendarText.escaped(summary),
            // Whoever sees the calendar sees that time is taken, and no more (sections 3.8.1.3 and 3.8.2.7).
            "CLASS:PRIVATE", "TRANSP:" + (status == .cancelled ? "TRANSPARENT" : "OPAQUE"), "END:VEVENT",
        ]
        return (lines, wall)
    }
}

/// DTSTART, RRULE, EXDATE and RDATE of a series.
private struct WrittenSeries {
    let lines: [String]
    let days: ClosedRange<Day>

    init(_ series: Recurrence, _ zone: ZoneName) throws(Problem) {
        let rules = TimeZoneRules(zone)
        func wall(_ name: String, _ days: [Day]) -> [String] {
            let stamps = days.map { CalendarStamp.text($0, series.time) }
            return stamps.isEmpty ? [] : ["\(name);TZID=\(zone):" + stamps.joined(separator: ",")]
        }
        let occurrences = try series.occurrences(rules)
        let odd = occurrences.filter { if case .once = $0.reading { false } else { true } }.map(\.day)
        let stray = Set(try series.strayExceptions(rules))
        let exceptions = series.exceptions.filter { !stray.contains($0) && !series.extraDays.contains($0) }
        var rule = series.rule
        if case .until = rule.end {
            // Beside a zone UNTIL is written in UTC (section 3.3.10): the moment of the rule's last occurrence.
            rule = rule.ending(.until(.instant(try series.lastMoment(rules))))
        }
        let extra = occurrences.filter { $0.isExtra && !odd.contains($0.day) }.map(\.day)
        lines =
            wall("DTSTART", [series.start]) + ["RRULE:\(rule)"] + wall("EXDATE", exceptions.union(odd).sorted()) + wall("RDATE", extra)
        days = series.start...max(series.start, occurrences.last?.day ?? series.start)
    }
}
