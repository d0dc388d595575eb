import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("A calendar feed")
struct CalendarFeedTests {
    private func event(_ summary: String = "Busy", status: CalendarEvent.Status = .confirmed, sequence: Int = 0) throws -> FeedEvent {
        let start = try #require(Instant("2026-03-02T14:00:00Z"))
        return FeedEvent(
            uid: "0195e7c4-0000-7000-8000-000000000001",
            time: .once(try #require(InstantRange(start, start.adding(minutes: 30)))),
            summary: summary,
            status: status,
            sequence: sequence,
            changedAt: try #require(Instant("2026-02-28T23:59:59Z"))
        )
    }

    private func lines(_ events: [FeedEvent]) throws -> [String] {
        try CalendarFeed("Dr. Example", events).text().split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test("an appointment is an event in UTC and says no more than that time is taken")
    func minimal() throws {
        let lines = try lines([try event(status: .tentative, sequence: 3)])
        let begin = try #require(lines.firstIndex(of: "BEGIN:VEVENT"))
        #expect(
            lines[begin...] == [
                "BEGIN:VEVENT", "UID:0195e7c4-0000-7000-8000-000000000001", "DTSTAMP:20260228T235959Z", "DTSTART:20260302T140000Z",
                "DTEND:20260302T143000Z", "SEQUENCE:3", "STATUS:TENTATIVE", "SUMMARY:Busy", "CLASS:PRIVATE", "TRANSP:OPAQUE", "END:VEVENT",
                "END:VCALENDAR", "",
            ]
        )
        #expect(lines.first == "BEGIN:VCALENDAR" && lines[1] == "VERSION:2.0")
    }

    @Test("a cancelled appointment stays as cancelled, and takes no time")
    func cancelled() throws {
        let lines = try lines([try event(status: .cancelled, sequence: 4)])
        #expect(lines.contains("STATUS:CANCELLED") && lines.contains("TRANSP:TRANSPARENT"))
    }

    @Test("an empty feed is a calendar")
    func empty() throws {
        #expect(try lines([]).suffix(2) == ["END:VCALENDAR", ""])
    }

    @Test("what people typed cannot begin a line of its own")
    func injection() throws {
        let hostile = "Busy\r\nATTENDEE:mailto:x\nEND:VEVENT\rBEGIN:VEVENT\u{2028}X:1\u{85}Y:2\u{0}\u{7}"
        let text = try lines([try event(hostile)]).joined(separator: "\r\n").replacing("\r\n ", with: "")
        #expect(text.contains("\r\nSUMMARY:Busy\\nATTENDEE:mailto:x\\nEND:VEVENT\\nBEGIN:VEVENT\\nX:1\\nY:2\r\n"))
        #expect(text.split(separator: "\r\n").count { $0 == "BEGIN:VEVENT" } == 1)
    }

    @Test("lines are folded at 75 octets, and no letter is divided")
    func folding() throws {
        let summary = String(repeating: "Zahnärztin 歯科 🦷, ", count: 40)
        let text = try CalendarFeed("x", [try event(summary)]).text()
        for line in text.utf8.split(separator: 0x0A) {
            #expect(line.count <= 76 && line.last == 0x0D)
            #expect(String(validating: line, as: UTF8.self) != nil)
        }
        #expect(CalendarReader.read(Array(text.utf8)).events.first?.summary == summary)
    }

    @Test("exactly 75 octets are not folded")
    func edge() {
        #expect(CalendarText.folded(String(repeating: "a", count: 75)) == String(repeating: "a", count: 75) + "\r\n")
        #expect(CalendarText.folded(String(repeating: "a", count: 76)) == String(repeating: "a", count: 75) + "\r\n a\r\n")
    }

    @Test("a series is a rule on the zone's wall, its odd hours left out, its UNTIL in UTC")
    func series() throws {
        let zone = try #require(ZoneName("America/New_York"))
        let recurrence = try Recurrence(
            RecurrenceRule("FREQ=WEEKLY;UNTIL=20260405"),
            start: try #require(Day("2026-03-01")),
            time: try #require(TimeOfDay("02:30")),
            exceptions: [try #require(Day("2026-03-15")), try #require(Day("2026-03-16"))],
            extraDays: [try #require(Day("2026-03-20"))]
        )
        let event = FeedEvent(uid: "s", time: .series(recurrence, zone, minutes: 45), summary: "", changedAt: Instant(seconds: 0))
        let lines = try lines([event])
        #expect(lines.contains("DTSTART;TZID=America/New_York:20260301T023000"))
        #expect(lines.contains("RRULE:FREQ=WEEKLY;UNTIL=20260405T063000Z"))
        // 8 March is skipped by the clocks; 16 March was no occurrence anyway.
        #expect(lines.contains("EXDATE;TZID=America/New_York:20260308T023000,20260315T023000"))
        #expect(lines.contains("RDATE;TZID=America/New_York:20260320T023000"))
        #expect(lines.contains("DURATION:PT45M"))
        let onset = try #require(lines.firstIndex(of: "DTSTART:20260308T020000"))
        #expect(
            lines[(onset - 1)...(onset + 3)] == ["BEGIN:DAYLIGHT", lines[onset], "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400", "END:DAYLIGHT"]
        )
    }

    @Test("each zone is defined once, before the events")
    func zones() throws {
        let zone = try #require(ZoneName("Asia/Kolkata"))
        let events = try ["2026-03-02", "2030-03-02"].map {
            let series = try Recurrence(RecurrenceRule("FREQ=DAILY;COUNT=2"), start: try #require(Day($0)), time: .midnight)
            return FeedEvent(uid: $0, time: .series(series, zone, minutes: 15), summary: "", changedAt: Instant(seconds: 0))
        }
        let lines = try lines(events)
        #expect(lines.count { $0 == "BEGIN:VTIMEZONE" } == 1)
        #expect(lines.contains("TZOFFSETTO:+0530"))
        #expect(try #require(lines.firstIndex(of: "END:VTIMEZONE")) < (try #require(lines.firstIndex(of: "BEGIN:VEVENT"))))
    }

    @Test("a series that never ends is not written, and a feed has a limit")
    func refused() throws {
        let endless = try Recurrence(RecurrenceRule("FREQ=DAILY"), start: try #require(Day("2026-03-02")), time: .midnight)
        let event = FeedEvent(uid: "s", time: .series(endless, .utc, minutes: 15), summary: "", changedAt: Instant(seconds: 0))
        #expect(throws: Problem.self) { try CalendarFeed("x", [event]).text() }
        var limits = CalendarLimits()
        limits.events = 1
        #expect(throws: CalendarFeed.tooLarge) { try CalendarFeed("x", [event, event], limits: limits) }
    }

    @Test("moments before 1970 and at the ends of time are written too")
    func moments() {
        #expect(CalendarStamp.text(Instant(seconds: -1)) == "19691231T235959Z")
        #expect(CalendarStamp.text(Instant(microseconds: -1)) == "19691231T235959Z")
        for instant in [Instant(microseconds: .min), Instant(microseconds: .max)] { #expect(CalendarStamp.text(instant).hasSuffix("Z")) }
    }
}
