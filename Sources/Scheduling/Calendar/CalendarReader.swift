public import Values

/// Reads an iCalendar file (RFC 5545) for the import of appointments. Hostile text makes findings, never a trap; the work is in
/// proportion to the bytes. Components other than events are stepped over; of VTIMEZONE only the name is taken, because zones have one
/// source here (DESIGN L6).
public struct CalendarReader {
    private let limits: CalendarLimits
    private var findings: CalendarFindings
    /// Names of the components that are open, outermost first.
    private var open: [String] = []
    private var events: [CalendarEventLines] = []
    private var zones: CalendarZones
    private var zoneLines: [ContentLine] = []
    private var sawCalendar = false
    private var components = 0

    /// `zoneNames` says what zones are meant by names that are not IANA's (Outlook's `Eastern Standard Time`).
    public static func read(
        _ bytes: [UInt8],
        zoneNames: [String: ZoneName] = [:],
        limits: CalendarLimits = .standard
    ) -> CalendarContent {
        var reader = CalendarReader(limits: limits, zoneNames: zoneNames)
        reader.scan(bytes)
        return reader.content()
    }

    private init(limits: CalendarLimits, zoneNames: [String: ZoneName]) {
        self.limits = limits
        findings = CalendarFindings(limit: limits.findings)
        zones = CalendarZones(known: zoneNames)
    }

    // MARK: The file

    private mutating func scan(_ bytes: [UInt8]) {
        guard bytes.count <= limits.bytes else { return findings.add(.fileTooLarge, .refusesFile, line: 1) }
        var lines = UnfoldedLines(bytes, limits: limits)
        var last = 1
        while let line = lines.next() {
            last = line.number
            guard !open.isEmpty || CalendarReader.isFrame(line.bytes) else {
                return findings.add(sawCalendar ? .outsideCalendar : .noCalendar, .refusesFile, line: line.number)
            }
            guard isOfInterest(line.bytes) else { continue }
            take(line)
            if findings.worst == .refusesFile { return }
        }
        if !sawCalendar { findings.add(.noCalendar, .refusesFile, line: 1) }
        if !open.isEmpty { findings.add(.calendarUnfinished, .refusesFile, line: last) }
    }

    /// Most lines of real files are not: alarms, attendees, what producers add for themselves. They are not even decoded.
    private func isOfInterest(_ bytes: [UInt8]) -> Bool {
        if CalendarReader.isFrame(bytes) { return true }
        switch open.last {
        // Once an event is held, the rest of it is not looked at: it may be all of the file.
        case "VEVENT": return events.last?.isHeld == false && CalendarEventLines.names.contains { CalendarReader.begins(bytes, $0) }
        case "VTIMEZONE": return CalendarZones.names.contains { CalendarReader.begins(bytes, $0) }
        default: return false
        }
    }

    private static func isFrame(_ bytes: [UInt8]) -> Bool { begins(bytes, "BEGIN:") || begins(bytes, "END:") }

    /// In any case.
    private static func begins(_ bytes: [UInt8], _ name: StaticString) -> Bool {
        guard bytes.count >= name.utf8CodeUnitCount else { return false }
        for index in 0..<name.utf8CodeUnitCount {
            let byte = bytes[index]
            guard (byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte) == name.utf8Start[index] else { return false }
        }
        return true
    }

    private mutating func take(_ raw: UnfoldedLines.Line) {
        guard !raw.isCut else { return spoil(.lineTooLong, raw.number) }
        let line: ContentLine
        do {
            line = try ContentLine(raw.bytes, number: raw.number, limits: limits)
        } catch {
            switch error {
            case .malformed: return spoil(.lineMalformed, raw.number)
            case .controlCharacter: return spoil(.controlCharacter, raw.number)
            case .notUTF8: return spoil(.notUTF8, raw.number)
            }
        }
        switch line.name {
        case "BEGIN": begin(line)
        case "END": end(line)
        default: keep(line)
        }
    }

    /// A line that cannot be read: inside an event it holds the event, anywhere else nothing hangs on it.
    private mutating func spoil(_ code: CalendarFinding.Code, _ number: Int) {
        guard open.last == "VEVENT", !events.isEmpty else { return findings.add(code, .note, line: number) }
        findings.add(code, .holdsEvent, line: number)
        events[events.count - 1].isHeld = true
    }

    // MARK: Components

    private mutating func begin(_ line: ContentLine) {
        let name = line.value.uppercased()
        if open.isEmpty {
            guard name == "VCALENDAR" else { return findings.add(.componentMismatch, .refusesFile, line: line.number) }
            sawCalendar = true
        }
        guard open.count < limits.depth else { return findings.add(.componentsTooDeep, .refusesFile, line: line.number) }
        // An event stands in a calendar and nowhere else; one in another event would mix their lines.
        guard name != "VEVENT" || open == ["VCALENDAR"] else { return findings.add(.componentMismatch, .refusesFile, line: line.number) }
        components += 1
        guard components <= limits.components else { return findings.add(.tooManyComponents, .refusesFile, line: line.number) }
        open.append(name)
        switch name {
        case "VEVENT":
            guard events.count < limits.events else { return findings.add(.tooManyEvents, .refusesFile, line: line.number) }
            events.append(CalendarEventLines(number: line.number))
        case "VTIMEZONE": zoneLines = []
        default: break
        }
    }

    private mutating func end(_ line: ContentLine) {
        guard open.popLast() == line.value.uppercased() else { return findings.add(.componentMismatch, .refusesFile, line: line.number) }
        guard line.value.uppercased() == "VTIMEZONE" else { return }
        guard zones.define(zoneLines, limit: limits.zones) else { return findings.add(.tooManyZones, .refusesFile, line: line.number) }
    }

    private mutating func keep(_ line: ContentLine) {
        switch open.last {
        case "VEVENT" where !events.isEmpty:
            guard events[events.count - 1].lines.count < limits.lines else { return spoil(.tooManyLines, line.number) }
            events[events.count - 1].lines.append(line)
        case "VTIMEZONE": if zoneLines.count < 8 { zoneLines.append(line) }
        default: break
        }
    }

    // MARK: Events

    /// Events are understood when the file has been read, for a zone may be defined after them.
    private mutating func content() -> CalendarContent {
        var taken: [CalendarEvent] = []
        if findings.worst < .refusesFile {
            var seen: Set<Key> = []
            for lines in events where !lines.isHeld {
                var reader = CalendarEventReader(lines, zones: zones, limits: limits, findings: findings)
                let event = reader.event()
                findings = reader.findings
                guard let event else { continue }
                if let uid = event.uid, !seen.insert(Key(uid: uid, recurrenceID: event.recurrenceID)).inserted {
                    findings.add(.uidRepeated, .holdsEvent, line: event.line)
                    continue
                }
                taken.append(event)
            }
        }
        return CalendarContent(
            events: taken,
            heldEvents: events.count - taken.count,
            findings: findings.kept,
            findingsLeftOut: findings.leftOut,
            isTrusted: findings.worst < .refusesFile
        )
    }

    private struct Key: Hashable {
        let uid: String
        let recurrenceID: CalendarTime?
    }
}
