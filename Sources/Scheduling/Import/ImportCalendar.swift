import Values

/// Reads a provider's appointments from iCalendar. An event's UID is its reference; its summary says `chart number: name of the type`, for that is
/// all a calendar program shows and keeps. Series are taken day by day; an event that replaces one of its days takes that day's place.
struct ImportCalendar {
    static let system = "icalendar"
    private let rules: TimeZoneRules
    private let provider: ProviderID

    /// Errors: `file_unreadable`, `too_many_rows`.
    static func read(_ bytes: [UInt8], of provider: ProviderID, _ rules: TimeZoneRules) throws(Problem) -> ImportFile {
        var limits = CalendarLimits.standard
        limits.bytes = ImportFile.bytes
        limits.events = ImportFile.limit
        let content = CalendarReader.read(bytes, limits: limits)
        let held = content.findings.filter { $0.severity != .note }.map { ImportFile.Held(line: $0.line, code: $0.code.rawValue) }
        guard content.isTrusted else {
            throw content.findings.contains { $0.code == .tooManyEvents } ? ImportFile.tooManyRows : ImportFile.unreadable(held)
        }
        let reader = ImportCalendar(rules: rules, provider: provider)
        // Days of series that an event of their own replaces.
        let replaced = Set(content.events.compactMap { event in event.recurrenceID.flatMap { reader.value(event, $0) } })
        var file = ImportFile(held: held)
        for event in content.events where event.status != .cancelled {
            file.rows += reader.rows(event, replaced)
            guard file.rows.count <= ImportFile.limit else { throw ImportFile.tooManyRows }
        }
        return try file.checked()
    }

    private func rows(_ event: CalendarEvent, _ replaced: Set<String>) -> [ImportRow] {
        guard event.rule != nil || !event.extras.isEmpty else {
            var row = row(event, event.recurrenceID.flatMap { value(event, $0) } ?? event.uid ?? "")
            if let reading = event.start.reading(at: rules) { row.read(reading) } else { row.fault = row.fault ?? .timeInvalid }
            return [row]
        }
        guard let days = days(event) else {
            var row = row(event, event.uid ?? "")
            row.fault = row.fault ?? .ruleRefused
            return [row]
        }
        return days.compactMap { reading in
            let value = value(event, reading.first)
            guard !replaced.contains(value) else { return nil }
            var row = row(event, value)
            row.read(reading)
            return row
        }
    }

    /// nil when it cannot be expanded: it never ends, or reaches too far.
    private func days(_ event: CalendarEvent) -> [WallClockReading]? {
        guard let (day, time, zone) = wall(event.start), let rule = event.rule else { return nil }
        let exceptions = event.exceptions.compactMap { $0.instant(at: rules).map { zone.wallClock(at: $0).day } }
        let extras = event.extras.compactMap { $0.instant(at: rules) }
        // A refused rule is a fault of its row, and its code is the recurrence's own.
        guard let series = try? Recurrence(rule, start: day, time: time, exceptions: exceptions, limits: Series.limits),
            let occurrences = try? series.occurrences(zone, limits: Series.limits)
        else { return nil }
        return occurrences.map(\.reading) + extras.map { .once($0) }
    }

    private func wall(_ time: CalendarTime) -> (Day, TimeOfDay, TimeZoneRules)? {
        switch time {
        case .day: return nil
        case .floating(let day, let time): return (day, time, rules)
        case .zoned(let day, let time, let zone): return (day, time, TimeZoneRules(zone))
        case .utc(let instant):
            let utc = TimeZoneRules(.utc)
            let clock = utc.wallClock(at: instant)
            return (clock.day, clock.time, utc)
        }
    }

    private func value(_ event: CalendarEvent, _ time: CalendarTime) -> String? { time.instant(at: rules).map { value(event, $0) } }

    /// The UID is the series'; the moment tells its days apart.
    private func value(_ event: CalendarEvent, _ moment: Instant) -> String { (event.uid ?? "") + "@" + moment.description }

    private func row(_ event: CalendarEvent, _ value: String) -> ImportRow {
        var row = ImportRow(line: event.line, reference: ExternalReference(system: ImportCalendar.system, value: value))
        let parts = event.summary.split(separator: ":", maxSplits: 1).map { $0.split(separator: " ").joined(separator: " ") }
        if parts.count == 2 {
            row.patient = parts[0]
            row.type = parts[1]
        } else {
            row.fault = .summaryUnreadable
        }
        if event.uid == nil || !ExternalReference.lengths.contains(value.utf8.count) { row.fault = .referenceMissing }
        row.provider = provider.description
        row.minutes = event.minutes(at: rules)
        return row
    }
}
