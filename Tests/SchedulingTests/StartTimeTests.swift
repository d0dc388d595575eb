import TestSupport
import Testing
import Values
import Web

@testable import Scheduling

@Suite("When an appointment begins")
struct StartTimeTests {
    private let rules: TimeZoneRules
    private let now: Instant

    init() throws {
        rules = TimeZoneRules(try #require(ZoneName("America/New_York")))
        now = try #require(Instant("2026-03-02T15:00:00Z"))
    }

    private func start(_ day: String, _ time: String) -> StartTime {
        StartTime(day: Day(day), time: TimeOfDay(time))
    }

    @Test("a wall-clock time is read in the location's zone")
    func wallClock() throws {
        #expect(try start("2026-03-02", "09:30").resolved(rules, now: now) == Instant("2026-03-02T14:30:00Z"))
        #expect(try start("2026-07-02", "09:30").resolved(rules, now: now) == Instant("2026-07-02T13:30:00Z"))
    }

    @Test("02:30 on 8 March 2026 does not exist in New York; the next moment is told", .shows("TM-1"))
    func skipped() throws {
        let problem = #expect(throws: Problem.self) { try start("2026-03-08", "02:30").resolved(rules, now: now) }
        #expect(problem?.code == "time_skipped")
        #expect(problem?.kind == .invalid)
        #expect(problem?.extra["next"] == "\"2026-03-08T07:00:00Z\"")
        #expect(problem?.errors.map(\.pointer) == ["/time"])
    }

    @Test("01:30 on 1 November 2026 happens twice in New York; both are told", .shows("TM-1"))
    func repeated() throws {
        let problem = #expect(throws: Problem.self) { try start("2026-11-01", "01:30").resolved(rules, now: now) }
        #expect(problem?.code == "time_repeated")
        #expect(problem?.extra["candidates"] == "[\"2026-11-01T05:30:00Z\",\"2026-11-01T06:30:00Z\"]")
    }

    @Test("either moment of the repeated hour can be named as an instant")
    func repeatedByInstant() throws {
        for text in ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"] {
            let instant = try #require(Instant(text))
            #expect(try StartTime(instant: instant).resolved(rules, now: now) == instant)
        }
    }

    @Test("exactly one form is taken")
    func oneForm() throws {
        let both = StartTime(instant: now, day: Day("2026-03-02"), time: TimeOfDay("09:00"))
        for start in [
            StartTime(), both, StartTime(day: Day("2026-03-02")), StartTime(time: TimeOfDay("09:00")),
            StartTime(instant: now, day: Day("2026-03-02")),
        ] {
            let problem = #expect(throws: Problem.self) { try start.resolved(rules, now: now) }
            #expect(problem == StartTime.oneForm)
        }
    }

    @Test("it begins yesterday at the earliest, in five years at the latest, on a whole minute")
    func limits() throws {
        #expect(try start("2026-03-01", "00:00").resolved(rules, now: now) == Instant("2026-03-01T05:00:00Z"))
        #expect(throws: StartTime.tooEarly) { try start("2026-02-28", "23:59").resolved(rules, now: now) }
        #expect(throws: StartTime.tooLate) { try start("2031-12-31", "09:00").resolved(rules, now: now) }
        #expect(throws: StartTime.notWholeMinute) { try StartTime(instant: now.adding(seconds: 30)).resolved(rules, now: now) }
    }
}
