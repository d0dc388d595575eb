import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Hostile calendar files and tables")
struct CalendarHostileTests {
    private func code(_ text: String, _ limits: CalendarLimits = .standard) -> String? {
        let content = CalendarReader.read(Array(text.utf8), limits: limits)
        #expect(content.isTrusted || content.events.isEmpty)
        return content.findings.last?.code.rawValue
    }

    @Test("a file that is no calendar, is not whole or not well nested gives nothing")
    func structure() {
        let event = "BEGIN:VEVENT\nDTSTART:20260302T090000\nUID:1\n"
        #expect(code("") == "no-calendar")
        #expect(code("<html>") == "no-calendar")
        #expect(code("BEGIN:VEVENT\nEND:VEVENT") == "component-mismatch")
        #expect(code("BEGIN:VCALENDAR\n\(event)END:VEVENT\n") == "calendar-unfinished")
        #expect(code("BEGIN:VCALENDAR\n\(event)END:VCALENDAR\n") == "component-mismatch")
        #expect(code("BEGIN:VCALENDAR\n\(event)BEGIN:VEVENT\nEND:VEVENT\nEND:VEVENT\nEND:VCALENDAR") == "component-mismatch")
        #expect(code("BEGIN:VCALENDAR\nEND:VCALENDAR\nX:1") == "outside-calendar")
        #expect(code("END:VCALENDAR") == "component-mismatch")
        #expect(code("BEGIN:VCALENDAR\n" + String(repeating: "BEGIN:X\n", count: 100_000)) == "components-too-deep")
    }

    @Test("each limit is a finding")
    func limits() {
        var limits = CalendarLimits()
        limits.bytes = 10_000
        limits.events = 2
        limits.components = 5
        limits.lines = 4
        limits.lineBytes = 100
        limits.dates = 2
        limits.zones = 1
        func calendar(_ content: String) -> String { "BEGIN:VCALENDAR\n\(content)END:VCALENDAR\n" }
        let event = "BEGIN:VEVENT\nEND:VEVENT\n"
        let start = "BEGIN:VEVENT\nUID:1\nDTSTART:20260302T090000\n"
        let zone = "BEGIN:VTIMEZONE\nX-LIC-LOCATION:Europe/Rome\nTZID:"
        #expect(code(String(repeating: "x", count: 10_001), limits) == "file-too-large")
        #expect(code(calendar(event + event + event), limits) == "too-many-events")
        #expect(code(calendar(String(repeating: "BEGIN:X\nEND:X\n", count: 5)), limits) == "too-many-components")
        #expect(code(calendar(start + "SUMMARY:1\nSEQUENCE:1\nSTATUS:CONFIRMED\nEND:VEVENT\n"), limits) == "too-many-lines")
        #expect(code(calendar(start + "SUMMARY:\(String(repeating: "x", count: 100))\nEND:VEVENT\n"), limits) == "line-too-long")
        #expect(code(calendar(start + "EXDATE:20260302,20260303,20260304\nEND:VEVENT\n"), limits) == "too-many-dates")
        #expect(code(calendar(zone + "a\nEND:VTIMEZONE\n" + zone + "b\nEND:VTIMEZONE\n"), limits) == "too-many-zones")
    }

    @Test("many findings are counted, not kept, and do not hide a reason")
    func findings() {
        var limits = CalendarLimits()
        limits.findings = 3
        let events = String(repeating: "BEGIN:VEVENT\nDTSTART:20260302T090000\nEND:VEVENT\n", count: 10)
        let content = CalendarReader.read(Array("BEGIN:VCALENDAR\n\(events)".utf8), limits: limits)
        #expect(content.findings.map(\.code) == [.calendarUnfinished])
        let whole = CalendarReader.read(Array("BEGIN:VCALENDAR\n\(events)END:VCALENDAR".utf8), limits: limits)
        #expect(whole.findings.count == 3 && whole.findingsLeftOut == 7 && whole.events.count == 10)
    }

    @Test("megabytes made to be slow are read in a moment", .timeLimit(.minutes(1)))
    func slow() {
        let many = 200_000
        let texts = [
            String(repeating: "\n ", count: many), "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + String(repeating: "x\n ", count: many),
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART" + String(repeating: ";A=\"\"", count: many),
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEXDATE:" + String(repeating: ",", count: many),
            "BEGIN:VCALENDAR\n" + String(repeating: "BEGIN:VTIMEZONE\nEND:VTIMEZONE\n", count: many / 10),
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + String(repeating: "e\u{301}\\", count: many / 2),
        ]
        for text in texts { _ = code(text) }
    }

    @Test("a file changed at random is read or refused")
    func mutations() {
        let sample = Array(
            """
            BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Ours\r\nX-LIC-LOCATION:Europe/Berlin\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r
            UID:1\r\nDTSTART;TZID=Ours:20260302T090000\r\nDURATION:P1DT2H\r\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=5\r
            EXDATE;TZID="Ours":20260309T090000,20260316T\r\n 090000\r\nSUMMARY:Zä\\,hne\r\nSTATUS:CONFIRMED\r\nSEQUENCE:1\r\nEND:VEVENT\r
            END:VCALENDAR\r\n
            """.utf8
        )
        let spice = Array("\r\n\t ;:,=\"\\-+TZP0919\u{0}ä".utf8) + [0xFF, 0xC3]
        var dice = SystemRandomNumberGenerator()
        var trusted = 0
        for _ in 0..<5_000 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                let at = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0..<3, using: &dice) {
                case 0: bytes[at] = spice.randomElement(using: &dice) ?? 0
                case 1: bytes.insert(spice.randomElement(using: &dice) ?? 0, at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...20, using: &dice)))
                }
            }
            let content = CalendarReader.read(bytes)
            if content.isTrusted { trusted += 1 }
            for event in content.events { _ = event.minutes(at: TimeZoneRules(.utc)) }
            _ = TableReader.read(bytes, separator: .semicolon)
        }
        #expect(trusted > 1_000)
    }
}
