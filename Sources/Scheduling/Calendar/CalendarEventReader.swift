import Values

/// The lines of one event that are of interest.
struct CalendarEventLines {
    let number: Int
    var lines: [ContentLine] = []
    /// One of its lines could not be read.
    var isHeld = false

    init(number: Int) {
        self.number = number
    }

    static let names: [StaticString] = [
        "DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "EXDATE", "RDATE", "UID", "SUMMARY", "STATUS", "SEQUENCE", "RECURRENCE-ID",
    ]
}

/// Understands the lines of one event.
struct CalendarEventReader {
    private let lines: CalendarEventLines
    private let zones: CalendarZones
    private let limits: CalendarLimits
    private(set) var findings: CalendarFindings
    private var isHeld = false

    init(_ lines: CalendarEventLines, zones: CalendarZones, limits: CalendarLimits, findings: CalendarFindings) {
        self.lines = lines
        self.zones = zones
        self.limits = limits
        self.findings = findings
    }

    /// nil when a finding holds it; all findings are made, not only the first.
    mutating func event() -> CalendarEvent? {
        guard let startLine = one("DTSTART") else {
            hold(.startMissing, lines.number)
            return nil
        }
        let start = time(startLine, startLine.value)
        let end = end()
        let rule = rule()
        let exceptions = times("EXDATE")
        let extras = times("RDATE")
        let recurrenceID = one("RECURRENCE-ID").flatMap { line in time(line, line.value) }
        let (uid, status, sequence, summary) = (uid(), status(), sequence(), summary())
        if let start, case .at(let end) = end, !CalendarEventReader.isOrdered(start, end) { hold(.endNotAfterStart, lines.number) }
        guard !isHeld, let start else { return nil }
        return CalendarEvent(
            line: lines.number,
            uid: uid,
            summary: summary,
            status: status,
            sequence: sequence,
            start: start,
            end: end,
            rule: rule,
            exceptions: exceptions,
            extras: extras,
            recurrenceID: recurrenceID
        )
    }

    private mutating func hold(_ code: CalendarFinding.Code, _ line: Int, detail: String? = nil) {
        findings.add(code, .holdsEvent, line: line, detail: detail)
        isHeld = true
    }

    /// The line of that name; a second one contradicts it.
    private mutating func one(_ name: String) -> ContentLine? {
        var found: ContentLine?
        for line in lines.lines where line.name == name {
            if found != nil { hold(.propertyRepeated, line.number) }
            found = found ?? line
        }
        return found
    }

    // MARK: Times

    private mutating func time(_ line: ContentLine, _ text: some StringProtocol) -> CalendarTime? {
        switch CalendarStamp(text) {
        case .day(let day): return .day(day)
        case .utc(let instant):
            guard instant.microseconds % 60_000_000 == 0 else { break }
            return .utc(instant)
        case .local(let day, let second):
            guard second % 60 == 0, let time = TimeOfDay(minutes: second / 60) else { break }
            guard let id = line.parameters["TZID"] else { return .floating(day, time) }
            guard let zone = zones.zone(id) else {
                hold(.zoneUnknown, line.number)
                return nil
            }
            return .zoned(day, time, zone)
        case nil:
            hold(.timeInvalid, line.number)
            return nil
        }
        hold(.notWholeMinute, line.number)
        return nil
    }

    private mutating func times(_ name: String) -> [CalendarTime] {
        var found: [CalendarTime] = []
        for line in lines.lines where line.name == name {
            guard line.parameters["VALUE"]?.uppercased() != "PERIOD" else {
                hold(.periodUnsupported, line.number)
                continue
            }
            for text in line.value.split(separator: ",", maxSplits: limits.dates, omittingEmptySubsequences: false) {
                guard found.count < limits.dates else {
                    hold(.tooManyDates, line.number)
                    return found
                }
                guard let time = time(line, text) else { break }  // one finding a line
                found.append(time)
            }
        }
        return found
    }

    private mutating func end() -> CalendarEvent.End {
        let (endLine, durationLine) = (one("DTEND"), one("DURATION"))
        switch (endLine, durationLine) {
        case (nil, nil): return .unsaid
        case (let line?, nil): return time(line, line.value).map { .at($0) } ?? .unsaid
        case (nil, let line?):
            guard let duration = CalendarDuration(line.value) else {
                hold(.durationInvalid, line.number)
                return .unsaid
            }
            return .after(minutes: duration.minutes)
        case (_, let line?):
            hold(.endAndDuration, line.number)
            return .unsaid
        }
    }

    /// False also for a day against a time, and for a wall without a zone against one with a zone: neither can be compared.
    private static func isOrdered(_ start: CalendarTime, _ end: CalendarTime) -> Bool {
        switch (start, end) {
        case (.day(let start), .day(let end)): return start < end
        case (.floating(let day, let time), .floating(let endDay, let endTime)): return (day, time) < (endDay, endTime)
        case (.day, _), (_, .day), (.floating, _), (_, .floating): return false
        default:
            let utc = TimeZoneRules(.utc)  // not asked: neither floats
            guard let from = start.instant(at: utc), let until = end.instant(at: utc) else { return false }
            return from < until
        }
    }

    // MARK: The rest

    private mutating func rule() -> RecurrenceRule? {
        if let line = lines.lines.first(where: { $0.name == "EXRULE" }) { hold(.ruleUnsupported, line.number) }
        guard let line = one("RRULE") else { return nil }
        do {
            return try RecurrenceRule(line.value)
        } catch {
            hold(.ruleRefused, line.number, detail: error.code)
            return nil
        }
    }

    private mutating func uid() -> String? {
        guard let line = one("UID"), !line.value.isEmpty else {
            findings.add(.uidMissing, .note, line: lines.number)
            return nil
        }
        guard line.value.utf8.count <= limits.uidBytes else {
            hold(.uidTooLong, line.number)
            return nil
        }
        return CalendarText.unescaped(line.value)
    }

    private mutating func status() -> CalendarEvent.Status? {
        guard let line = one("STATUS") else { return nil }
        let status = CalendarEvent.Status(rawValue: line.value.uppercased())
        if status == nil { findings.add(.statusUnknown, .note, line: line.number) }
        return status
    }

    private mutating func sequence() -> Int {
        guard let line = one("SEQUENCE") else { return 0 }
        guard let number = Digits.number(line.value.utf8) else {
            findings.add(.sequenceInvalid, .note, line: line.number)
            return 0
        }
        return number
    }

    private mutating func summary() -> String {
        guard let line = one("SUMMARY") else { return "" }
        let text = CalendarText.unescaped(line.value)
        let scalars = text.unicodeScalars.prefix(limits.summaryCharacters)
        guard scalars.endIndex < text.unicodeScalars.endIndex else { return text }
        findings.add(.summaryCut, .note, line: line.number)
        return String(scalars)
    }
}
