import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("An iCalendar file")
struct CalendarReaderTests {
    private func read(_ text: String, zones: [String: ZoneName] = [:]) -> CalendarContent {
        CalendarReader.read(Array(text.replacing("\n", with: "\r\n").utf8), zoneNames: zones)
    }

    private func event(_ lines: String...) -> CalendarContent {
        read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n" + lines.map { $0 + "\n" }.joined() + "END:VEVENT\nEND:VCALENDAR\n")
    }

    private func codes(_ content: CalendarContent) -> [String] { content.findings.map(\.code.rawValue) }

    @Test("an event is read with all that an appointment needs")
    func whole() throws {
        let content = event(
            "DTSTART;TZID=America/New_York:20260302T090000",
            "DTEND;TZID=America/New_York:20260302T094500",
            "RRULE:FREQ=WEEKLY;COUNT=4",
            "EXDATE;TZID=America/New_York:20260309T090000,20260316T090000",
            "RDATE;VALUE=DATE:20260320",
            "SUMMARY:Check-up\\, long\\; see\\nnotes \\\\ ok",
            "STATUS:CONFIRMED",
            "SEQUENCE:7",
            "RECURRENCE-ID:20260302T140000Z"
        )
        #expect(content.isTrusted && content.findings.isEmpty && content.heldEvents == 0)
        let read = try #require(content.events.first)
        let zone = try #require(ZoneName("America/New_York"))
        let nine = try #require(TimeOfDay("09:00"))
        func zoned(_ day: String) throws -> CalendarTime { .zoned(try #require(Day(day)), nine, zone) }
        #expect(read.line == 2 && read.uid == "1" && read.sequence == 7 && read.status == .confirmed)
        #expect(read.start == (try zoned("2026-03-02")))
        #expect(read.minutes(at: TimeZoneRules(.utc)) == 45)
        #expect(read.rule?.description == "FREQ=WEEKLY;COUNT=4")
        #expect(read.exceptions == [try zoned("2026-03-09"), try zoned("2026-03-16")])
        #expect(read.extras == [.day(try #require(Day("2026-03-20")))])
        #expect(read.summary == "Check-up, long; see\nnotes \\ ok")
        #expect(read.recurrenceID == .utc(try #require(Instant("2026-03-02T14:00:00Z"))))
    }

    @Test("the four forms of a time are told apart, and read on the location's wall where they float")
    func times() throws {
        let london = TimeZoneRules(try #require(ZoneName("Europe/London")))
        let moment = try #require(Instant("2026-07-02T08:00:00Z"))
        for (line, wanted) in [
            ("DTSTART:20260702T080000Z", moment), ("DTSTART:20260702T090000", moment),
            ("DTSTART;TZID=\"Europe/Paris\":20260702T100000", moment),
        ] {
            #expect(event(line).events.first?.start.reading(at: london) == .once(wanted), "\(line)")
        }
        let day = try #require(event("DTSTART;VALUE=DATE:20260702").events.first)
        #expect(day.start.reading(at: london) == nil && day.minutes(at: london) == nil)
    }

    @Test("a time that clocks skip or repeat says so")
    func odd() throws {
        let rules = TimeZoneRules(.utc)
        let skipped = event("DTSTART;TZID=America/New_York:20260308T023000").events.first?.start.reading(at: rules)
        #expect(skipped == .skipped(next: try #require(Instant("2026-03-08T07:00:00Z"))))
    }

    @Test(
        "durations are read, and nonsense is not",
        arguments: [
            ("PT45M", 45), ("+PT1H30M", 90), ("P1DT2H", 1560), ("P1W", 10_080), ("PT90S", nil), ("PT60S", 1), ("PT0S", nil),
            ("-PT15M", nil),
            ("P", nil), ("PT", nil), ("PT5", nil), ("P5M", nil), ("PT5M5H", nil), ("PT5MT5M", nil), ("P999999999W", nil),
            ("P9999999999W", nil),
        ] as [(String, Int?)]
    )
    func durations(_ text: String, _ minutes: Int?) {
        #expect(CalendarDuration(text)?.minutes == minutes)
    }

    @Test("folded lines are joined, also inside a letter and after a bare newline")
    func folding() {
        var bytes = Array("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2026\n 0302T0\r\n\t90000\nSUMMARY:Z".utf8)
        bytes += [0x61, 0xC3, 0x0D, 0x0A, 0x20, 0xA4] + Array("hne\nEND:VEVENT\nEND:VCALENDAR".utf8)
        let content = CalendarReader.read([0xEF, 0xBB, 0xBF] + bytes)
        #expect(content.events.first?.summary == "Zaähne")
        #expect(codes(content) == ["uid-missing"])
    }

    @Test("zones under foreign names: by what the file says, by what the caller says, by the name's end")
    func zones() throws {
        let definition = "BEGIN:VTIMEZONE\nTZID:Ours\nX-LIC-LOCATION:Europe/Berlin\nBEGIN:STANDARD\nTZID:x\nEND:STANDARD\nEND:VTIMEZONE\n"
        func start(_ id: String) -> CalendarContent {
            let event = "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=\(id):20260302T090000\nEND:VEVENT\n"
            let known = ["Eastern Standard Time": ZoneName("America/New_York")].compactMapValues { $0 }
            // The definition may come after its use.
            return read("BEGIN:VCALENDAR\n\(event)\(definition)END:VCALENDAR\n", zones: known)
        }
        let names = [
            ("Ours", "Europe/Berlin"), ("Eastern Standard Time", "America/New_York"),
            ("/mozilla.org/20070129_1/Europe/Rome", "Europe/Rome"),
            ("/x/America/Argentina/Salta", "America/Argentina/Salta"),
        ]
        for (id, name) in names {
            guard case .zoned(_, _, let zone) = start(id).events.first?.start else {
                Issue.record("\(id) is not known")
                continue
            }
            #expect(zone.name == name)
        }
        #expect(codes(start("Nowhere")) == ["zone-unknown"])
    }

    @Test(
        "each thing that is wrong with an event has a code, and holds that event",
        arguments: [
            ("SUMMARY:x", "start-missing"), ("DTSTART:20260230", "time-invalid"), ("DTSTART:20260302T090030", "not-whole-minute"),
            ("DTSTART;TZID=Mars/Olympus:20260302T090000", "zone-unknown"),
            ("DTSTART:20260302T090000\nDTSTART:20260302T090000", "property-repeated"),
            ("DTSTART:20260302T090000\nDTEND:20260302T090000", "end-not-after-start"),
            ("DTSTART:20260302T090000\nDTEND:20260302T100000Z", "end-not-after-start"),
            ("DTSTART:20260302T090000\nDTEND;VALUE=DATE:20260303", "end-not-after-start"),
            ("DTSTART:20260302T090000\nDTEND:20260302T100000\nDURATION:PT1H", "end-and-duration"),
            ("DTSTART:20260302T090000\nDURATION:-PT1H", "duration-invalid"),
            ("DTSTART:20260302T090000\nRRULE:FREQ=SECONDLY", "rule-refused"),
            ("DTSTART:20260302T090000\nEXRULE:FREQ=DAILY", "rule-unsupported"),
            ("DTSTART:20260302T090000\nRDATE;VALUE=PERIOD:20260302T090000Z/PT1H", "period-unsupported"),
            ("DTSTART;X:20260302T090000", "line-malformed"), ("DTSTART;X=\"a:20260302T090000", "line-malformed"),
            ("DTSTART:20260302T090000\nSUMMARY:\u{0}", "control-character"),
            ("DTSTART:20260302T090000\nUID:" + String(repeating: "2", count: 513), "property-repeated"),
        ]
    )
    func held(_ lines: String, _ code: String) {
        let content = event(lines)
        #expect(content.isTrusted && content.events.isEmpty && content.heldEvents == 1)
        #expect(codes(content).contains(code))
    }

    @Test("a refused rule says why")
    func rule() {
        #expect(event("DTSTART:20260302T090000", "RRULE:FREQ=SECONDLY").findings.first?.detail == "frequency_unsupported")
        // One that never ends is read: the importer gives it an end.
        #expect(event("DTSTART:20260302T090000", "RRULE:FREQ=DAILY").events.first?.rule?.end == .never)
    }

    @Test("a UID too long to be matched holds its event")
    func uid() {
        let line = "UID:" + String(repeating: "1", count: 513)
        let content = read("BEGIN:VCALENDAR\nBEGIN:VEVENT\n\(line)\nDTSTART:20260302T090000\nEND:VEVENT\nEND:VCALENDAR")
        #expect(codes(content) == ["uid-too-long"] && content.events.isEmpty)
    }

    @Test("an event that comes twice is taken once; another occurrence of its series is another event")
    func repeated() {
        let one = "BEGIN:VEVENT\nUID:1\nDTSTART:20260302T090000\nEND:VEVENT\n"
        let other = "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260309T090000\nDTSTART:20260309T100000\nEND:VEVENT\n"
        let content = read("BEGIN:VCALENDAR\n\(one)\(other)\(one)END:VCALENDAR\n")
        #expect(content.events.count == 2 && content.heldEvents == 1)
        #expect(codes(content) == ["uid-repeated"])
        #expect(content.findings.first?.line == 11)
    }

    @Test("alarms, tasks and what producers add are stepped over")
    func others() {
        let content = event(
            "DTSTART:20260302T090000",
            "X-A;B=C:d",
            "BEGIN:VALARM",
            "DTSTART:nonsense",
            "\u{7F}",
            "END:VALARM",
            "ATTENDEE;;:x"
        )
        #expect(content.events.count == 1 && content.findings.isEmpty)
        #expect(read("BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nEND:VTODO\nEND:VCALENDAR").events.isEmpty)
    }

    @Test("small faults are told and pass")
    func notes() {
        let content = event("DTSTART:20260302T090000", "STATUS:MAYBE", "SEQUENCE:-1", "SUMMARY:" + String(repeating: "x", count: 2000))
        #expect(codes(content) == ["status-unknown", "sequence-invalid", "summary-cut"])
        #expect(content.events.first?.summary.count == 1000)
    }
}
