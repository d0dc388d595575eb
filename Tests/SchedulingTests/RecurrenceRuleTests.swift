import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("A recurrence rule's text")
struct RecurrenceRuleTests {
    private func code(_ text: String) -> String? {
        do {
            _ = try RecurrenceRule(text)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("the parts are read")
    func read() throws {
        let rule = try RecurrenceRule(
            "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=MO,-1FR,2TU;BYMONTH=12,1;BYMONTHDAY=-1,15;BYSETPOS=-1;WKST=SU"
        )
        #expect(rule.frequency == .monthly)
        #expect(rule.interval == 2)
        #expect(rule.end == .count(10))
        #expect(rule.byDay.map(\.description) == ["-1FR", "MO", "2TU"])
        #expect(rule.byMonth == [1, 12])
        #expect(rule.byMonthDay == [-1, 15])
        #expect(rule.bySetPosition == [-1])
        #expect(rule.weekStart == .sunday)
    }

    @Test("the three forms of UNTIL are told apart")
    func until() throws {
        let day = try #require(Day("2026-12-31"))
        #expect(try RecurrenceRule("FREQ=DAILY;UNTIL=20261231").end == .until(.day(day)))
        #expect(try RecurrenceRule("FREQ=DAILY;UNTIL=20261231T170001").end == .until(.wallClock(day, second: 61_201)))
        let moment = try #require(Instant("2026-12-31T17:00:00Z"))
        #expect(try RecurrenceRule("FREQ=DAILY;UNTIL=20261231T170000Z").end == .until(.instant(moment)))
    }

    @Test(
        "what is written is read again as the same rule",
        arguments: [
            "FREQ=DAILY", "FREQ=WEEKLY;COUNT=10;BYDAY=MO,WE", "FREQ=WEEKLY;UNTIL=20261231;INTERVAL=2;BYDAY=SU;WKST=SU",
            "FREQ=MONTHLY;UNTIL=20261231T170000;BYDAY=-1FR,2MO", "FREQ=MONTHLY;COUNT=1;BYMONTHDAY=-1,31;BYSETPOS=-1,1",
            "FREQ=YEARLY;UNTIL=20361231T170000Z;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;COUNT=3;BYDAY=-53MO,20MO,53MO",
        ]
    )
    func written(_ text: String) throws {
        let rule = try RecurrenceRule(text)
        #expect(rule.description == text)
        #expect(try RecurrenceRule(rule.description) == rule)
    }

    @Test("case, order and repeats of values do not matter")
    func normal() throws {
        let rule = try RecurrenceRule("count=10;byday=we,MO,+1we,1WE,mo;freq=Monthly")
        #expect(rule.description == "FREQ=MONTHLY;COUNT=10;BYDAY=MO,WE,1WE")
    }

    @Test(
        "each thing that is wrong has a code of its own",
        arguments: [
            ("", "rule_malformed"), ("FREQ", "rule_malformed"), ("FREQ=DAILY;", "rule_malformed"), ("COUNT=3", "rule_malformed"),
            ("FREQ=DAILY;COUNT=", "rule_malformed"), ("FREQ=DAILY;COUNT=1=2", "rule_malformed"), ("FREQ=DAILY; COUNT=1", "rule_malformed"),
            ("FREQ=DAILY\u{0}", "rule_malformed"), ("FREQ=WEEKLY;BYDAY=ſU", "rule_malformed"),
            ("FREQ=SECONDLY;COUNT=3", "frequency_unsupported"), ("FREQ=MINUTELY", "frequency_unsupported"),
            ("FREQ=HOURLY", "frequency_unsupported"), ("FREQ=FORTNIGHTLY", "frequency_unsupported"),
            ("FREQ=DAILY;COUNT=3;UNTIL=20260101", "count_with_until"), ("FREQ=DAILY;X-EVERY=2", "part_unknown"),
            ("FREQ=DAILY;BYHOUR=9", "part_unsupported"), ("FREQ=YEARLY;BYWEEKNO=20", "part_unsupported"),
            ("FREQ=YEARLY;BYYEARDAY=1", "part_unsupported"), ("RSCALE=GREGORIAN;FREQ=DAILY", "part_unsupported"),
            ("FREQ=DAILY;FREQ=DAILY", "part_repeated"), ("FREQ=DAILY;COUNT=0", "part_invalid"), ("FREQ=DAILY;COUNT=-1", "part_invalid"),
            ("FREQ=DAILY;COUNT=99999999999999999999", "part_invalid"), ("FREQ=DAILY;INTERVAL=0", "part_invalid"),
            ("FREQ=DAILY;INTERVAL=10000", "part_invalid"), ("FREQ=DAILY;UNTIL=20260230", "part_invalid"),
            ("FREQ=DAILY;UNTIL=20260101T240000", "part_invalid"), ("FREQ=DAILY;UNTIL=20260101T1200", "part_invalid"),
            ("FREQ=DAILY;UNTIL=99991231", "part_invalid"), ("FREQ=WEEKLY;BYDAY=MO,", "part_invalid"),
            ("FREQ=WEEKLY;BYDAY=XX", "part_invalid"),
            ("FREQ=MONTHLY;BYDAY=0MO", "part_invalid"), ("FREQ=YEARLY;BYDAY=54MO", "part_invalid"),
            ("FREQ=MONTHLY;BYDAY=--1MO", "part_invalid"), ("FREQ=MONTHLY;BYMONTHDAY=32", "part_invalid"),
            ("FREQ=MONTHLY;BYMONTHDAY=0", "part_invalid"), ("FREQ=YEARLY;BYMONTH=13", "part_invalid"),
            ("FREQ=YEARLY;BYMONTH=-1", "part_invalid"), ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367", "part_invalid"),
            ("FREQ=WEEKLY;WKST=1", "part_invalid"), ("FREQ=WEEKLY;BYDAY=1MO", "part_misplaced"),
            ("FREQ=DAILY;BYDAY=-1MO", "part_misplaced"),
            ("FREQ=MONTHLY;BYDAY=6MO", "part_misplaced"), ("FREQ=YEARLY;BYMONTH=1;BYDAY=6MO", "part_misplaced"),
            ("FREQ=WEEKLY;BYMONTHDAY=1", "part_misplaced"), ("FREQ=MONTHLY;BYSETPOS=1", "part_misplaced"),
        ]
    )
    func refused(_ text: String, _ wanted: String) {
        #expect(code(text) == wanted)
    }

    @Test("a rule longer than any that makes sense is refused unread")
    func long() {
        #expect(code("FREQ=DAILY;COUNT=" + String(repeating: "1", count: 1_000_000)) == "rule_too_long")
        #expect(code("FREQ=MONTHLY;BYMONTHDAY=" + Array(repeating: "1", count: 129).joined(separator: ",")) == "rule_too_long")
    }

    @Test("a refusal names the rule, and repeats nothing of what was sent")
    func pointer() {
        let problem = #expect(throws: Problem.self) { try RecurrenceRule("FREQ=DAILY;JANE-DOE=2") }
        #expect(problem?.errors.map(\.pointer) == ["/rule"])
        #expect(problem?.detail.contains("JANE") == false)
    }

    @Test("any text at all is read or refused, and a rule that is read is expanded or refused")
    func anything() throws {
        let words = [
            "FREQ=", "DAILY", "WEEKLY", "MONTHLY", "YEARLY", ";", ",", "=", "BYDAY=", "MO", "-1", "53", "BYSETPOS=", "366", "COUNT=",
            "UNTIL=",
            "20991231", "T000000", "Z", "INTERVAL=", "9999", "BYMONTH=", "2", "BYMONTHDAY=", "31", "-31", "é", "\n",
        ]
        let utc = TimeZoneRules(.utc)
        let start = try #require(Day("2024-02-29"))
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var text = "FREQ=" + (["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].randomElement(using: &dice) ?? "")
            for _ in 0..<Int.random(in: 0..<12, using: &dice) { text += words.randomElement(using: &dice) ?? "" }
            guard let rule = try? RecurrenceRule(text) else { continue }
            #expect(try RecurrenceRule(rule.description) == rule)
            _ = try? Recurrence(rule, start: start, time: .midnight).occurrences(utc)
        }
    }
}
