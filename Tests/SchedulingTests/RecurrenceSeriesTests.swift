import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("The days of a series")
struct RecurrenceSeriesTests {
    private let zone = TimeZoneRules(.utc)

    private func series(_ rule: String, _ start: String, out: [String] = [], extra: [String] = []) throws -> Recurrence {
        try Recurrence(
            RecurrenceRule(rule),
            start: #require(Day(start)),
            time: #require(TimeOfDay("09:00")),
            exceptions: out.compactMap { Day($0) },
            extraDays: extra.compactMap { Day($0) }
        )
    }

    private func days(_ rule: String, _ start: String, out: [String] = [], extra: [String] = []) throws -> [String] {
        try series(rule, start, out: out, extra: extra).occurrences(zone).map(\.day.description)
    }

    private func refusal(_ rule: String, _ start: String, out: [String] = [], extra: [String] = []) -> Problem? {
        #expect(throws: Problem.self) { try days(rule, start, out: out, extra: extra) }
    }

    @Test("a rule without days repeats the start's", .shows("TM-2"))
    func plain() throws {
        #expect(try days("FREQ=DAILY;COUNT=3;INTERVAL=10", "2026-02-25") == ["2026-02-25", "2026-03-07", "2026-03-17"])
        #expect(try days("FREQ=WEEKLY;COUNT=2", "2026-03-02") == ["2026-03-02", "2026-03-09"])
        #expect(try days("FREQ=MONTHLY;COUNT=3", "2026-12-15") == ["2026-12-15", "2027-01-15", "2027-02-15"])
        #expect(try days("FREQ=YEARLY;COUNT=2;INTERVAL=3", "2026-03-02") == ["2026-03-02", "2029-03-02"])
    }

    @Test("the 31st happens in months that have one, 29 February in leap years; the last day has its own word", .shows("TM-2"))
    func missingDays() throws {
        #expect(try days("FREQ=MONTHLY;COUNT=4", "2026-01-31") == ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"])
        #expect(try days("FREQ=YEARLY;COUNT=3", "2024-02-29") == ["2024-02-29", "2028-02-29", "2032-02-29"])
        #expect(try days("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2028-01-31") == ["2028-01-31", "2028-02-29", "2028-03-31"])
    }

    @Test("weekdays are counted within the month, or within the year")
    func ordinals() throws {
        #expect(try days("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "2026-01-30") == ["2026-01-30", "2026-02-27", "2026-03-27"])
        #expect(try days("FREQ=YEARLY;BYDAY=20MO;COUNT=3", "1997-05-19") == ["1997-05-19", "1998-05-18", "1999-05-17"])
        #expect(try days("FREQ=YEARLY;BYMONTH=3;BYDAY=1MO;COUNT=2", "2026-03-02") == ["2026-03-02", "2027-03-01"])
        #expect(try days("FREQ=YEARLY;BYDAY=53TH;COUNT=2", "2026-12-31") == ["2026-12-31", "2032-12-30"])
    }

    @Test("with and without a number, weekdays are added to each other")
    func mixed() throws {
        #expect(
            try days("FREQ=MONTHLY;BYDAY=FR,1TU;COUNT=6", "2026-02-03") == [
                "2026-02-03", "2026-02-06", "2026-02-13", "2026-02-20", "2026-02-27", "2026-03-03",
            ]
        )
    }

    @Test("Friday the 13th: a weekday leaves days of the month out")
    func intersection() throws {
        #expect(try days("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3", "2026-02-13") == ["2026-02-13", "2026-03-13", "2026-11-13"])
    }

    @Test("positions choose within the whole period, also in the first, of which only a part is left")
    func positions() throws {
        #expect(
            try days("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "2026-01-30") == ["2026-01-30", "2026-02-27", "2026-03-31"]
        )
        // Counted from the start, Wednesday would be the first of its week, and the series would begin on Friday.
        #expect(try days("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2;COUNT=2", "2026-03-04") == ["2026-03-04", "2026-03-11"])
    }

    @Test("when weeks begin decides what every other week is")
    func weekStart() throws {
        // The RFC's own example.
        let rule = "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST="
        #expect(try days(rule + "MO", "1997-08-05") == ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"])
        #expect(try days(rule + "SU", "1997-08-05") == ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"])
    }

    @Test("UNTIL includes an occurrence that begins then, and not one a second later")
    func until() throws {
        #expect(try days("FREQ=DAILY;UNTIL=20260304", "2026-03-02").count == 3)
        #expect(try days("FREQ=DAILY;UNTIL=20260304T090000", "2026-03-02").count == 3)
        #expect(try days("FREQ=DAILY;UNTIL=20260304T085959", "2026-03-02").count == 2)
        #expect(try days("FREQ=DAILY;UNTIL=20260304T090000Z", "2026-03-02").count == 3)
        #expect(try days("FREQ=DAILY;UNTIL=20260304T085959Z", "2026-03-02").count == 2)
    }

    @Test("UNTIL in UTC is held against the location's wall")
    func untilElsewhere() throws {
        let auckland = TimeZoneRules(try #require(ZoneName("Pacific/Auckland")))
        // 09:00 on 4 March in Auckland is 20:00 on 3 March in UTC.
        for (text, count) in [("20260303T200000Z", 3), ("20260303T195959Z", 2), ("20260304T195959Z", 3)] {
            #expect(try series("FREQ=DAILY;UNTIL=" + text, "2026-03-02").occurrences(auckland).count == count)
        }
    }

    @Test("days left out still count; days put in do not, and say that they are extra")
    func exceptions() throws {
        let found = try series("FREQ=DAILY;COUNT=3", "2026-03-02", out: ["2026-03-02", "2026-03-03"], extra: ["2026-03-10", "2026-03-04"])
            .occurrences(zone)
        #expect(found.map(\.day.description) == ["2026-03-04", "2026-03-10"])
        #expect(found.map(\.isExtra) == [false, true])
    }

    @Test("an exception on which nothing would have happened is told")
    func stray() throws {
        let series = try series("FREQ=DAILY;COUNT=3", "2026-03-02", out: ["2026-03-03", "2026-03-05"])
        #expect(try series.strayExceptions(zone).map(\.description) == ["2026-03-05"])
    }

    @Test("a start that is not an occurrence is refused, and the first that is one is named")
    func start() {
        let problem = refusal("FREQ=WEEKLY;BYDAY=TU;COUNT=3", "2026-03-02")
        #expect(problem?.code == "start_not_occurrence")
        #expect(problem?.extra["first_occurrence"] == "\"2026-03-03\"")
        let never = refusal("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "2026-03-02")
        #expect(never?.code == "start_not_occurrence")
        #expect(never?.extra["first_occurrence"] == nil)
    }

    @Test("what never ends, ends too late, has too many or none is refused, each with its own code")
    func limits() throws {
        #expect(refusal("FREQ=DAILY", "2026-03-02")?.code == "rule_unending")
        #expect(refusal("FREQ=DAILY;COUNT=1001", "2026-03-02")?.code == "too_many_occurrences")
        #expect(refusal("FREQ=DAILY;COUNT=999999999", "2026-03-02")?.code == "too_many_occurrences")
        #expect(refusal("FREQ=DAILY;UNTIL=20290101", "2026-03-02")?.code == "too_many_occurrences")
        #expect(refusal("FREQ=DAILY;COUNT=1000", "2026-03-02", extra: ["2029-03-02"])?.code == "too_many_occurrences")
        #expect(refusal("FREQ=YEARLY;COUNT=12", "2026-03-02")?.code == "series_too_long")
        #expect(refusal("FREQ=YEARLY;UNTIL=20360303", "2026-03-02")?.code == "series_too_long")
        #expect(refusal("FREQ=WEEKLY;UNTIL=24991231", "2026-03-02")?.code == "series_too_long")
        #expect(refusal("FREQ=DAILY;UNTIL=20260301", "2026-03-02")?.code == "ends_before_start")
        #expect(refusal("FREQ=DAILY;COUNT=1", "2026-03-02", out: ["2026-03-02"])?.code == "no_occurrence_left")
        #expect(refusal("FREQ=DAILY;COUNT=1", "2026-03-02", extra: ["2026-03-01"])?.code == "extra_day_outside")
        #expect(refusal("FREQ=DAILY;COUNT=1", "2499-12-31")?.code == "start_outside")
        #expect(try days("FREQ=DAILY;COUNT=1000", "2026-03-02").count == 1000)
        #expect(try days("FREQ=YEARLY;COUNT=11", "2026-03-02").last == "2036-03-02")
    }

    @Test("a rule that never ends can be given an end")
    func ending() throws {
        let rule = try RecurrenceRule("FREQ=DAILY;INTERVAL=2").ending(.until(.day(#require(Day("2026-03-07")))))
        #expect(rule.description == "FREQ=DAILY;UNTIL=20260307;INTERVAL=2")
    }

    @Test("the costliest rules take a moment", .timeLimit(.minutes(1)))
    func cost() throws {
        for rule in ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9", "FREQ=YEARLY;BYDAY=-53MO,53MO,1MO;BYSETPOS=366;COUNT=1000"] {
            for _ in 0..<100 { #expect(refusal(rule, "2026-03-02")?.code == "start_not_occurrence") }
        }
    }
}
