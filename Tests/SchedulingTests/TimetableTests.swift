import Testing
import Values
import Web

@testable import Scheduling

@Suite("When somebody works")
struct TimetableTests {
    private let rules = TimeZoneRules(ZoneName("America/New_York") ?? .utc)

    private func part(_ from: Int, _ until: Int) throws -> DayPart { try #require(DayPart(from: from * 60, until: until * 60)) }

    @Test("clocks of some days show what the zone's rules say, in every zone and on the days when clocks change")
    func clock() throws {
        var random = Seeded(9)
        for zone in ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo", "Asia/Kathmandu", "UTC"]
        {
            let rules = TimeZoneRules(try #require(ZoneName(zone)))
            for _ in 0..<60 {
                let first = try #require(Day("2026-01-01")).adding(days: Int.random(in: 0...3650, using: &random))
                let clock = DayClock(first, through: first.adding(days: 20), rules)
                for day in clock.days {
                    #expect(clock.span(of: day) == rules.span(of: day))
                    let from = Int.random(in: 0..<1439, using: &random)
                    let part = try #require(DayPart(from: from, until: Int.random(in: from + 1...1440, using: &random)))
                    let end = part.until == 1440 ? rules.start(of: day.adding(days: 1)) : rules.first(day, part.ends)
                    #expect(clock.span(of: part, on: day) == InstantRange(rules.first(day, part.starts), end), "\(zone) \(day) \(part)")
                    let moment = clock.span(of: day).start.adding(minutes: from)
                    if moment < clock.whole.end { #expect(clock.day(at: moment) == rules.wallClock(at: moment).day) }
                }
            }
        }
    }

    @Test("nothing set binds nobody; weekly hours make other weekdays days off; dated hours hold instead; two rows that touch are one")
    func layers() throws {
        let monday = try #require(Day("2026-03-02"))
        let somebody = ResourceID(holder(1))
        let clock = DayClock(monday, through: monday.adding(days: 1), rules)
        let weekly = [weeklyHours(1, somebody, 1, try part(8, 12)), weeklyHours(2, somebody, 1, try part(12, 17))]
        #expect(Timetable(rules).hours(of: somebody, clock) == nil)
        let spans = Timetable(rules, weekly: weekly).hours(of: somebody, clock)
        #expect(spans == [try #require(clock.span(of: part(8, 17), on: monday))])
        let off = datedHours(1, somebody, monday, [])
        #expect(Timetable(rules, weekly: weekly, dated: [off]).hours(of: somebody, clock) == [])
        #expect(Timetable(rules, weekly: weekly, dated: [off]).hours(of: nil, clock) == nil)
    }

    @Test("hours that have not begun or have ended bind nobody")
    func validity() throws {
        let monday = try #require(Day("2026-03-02"))
        let clock = DayClock(monday, through: monday, rules)
        var hours = weeklyHours(1, nil, 3, try part(8, 12))
        #expect(Timetable(rules, weekly: [hours]).hours(of: nil, clock) == [])
        hours.fromDay = monday.adding(days: 1)
        #expect(Timetable(rules, weekly: [hours]).hours(of: nil, clock) == nil)
        hours.fromDay = .blank
        hours.throughDay = monday.adding(days: -1)
        #expect(Timetable(rules, weekly: [hours]).hours(of: nil, clock) == nil)
    }

    @Test("a shift over the night in which clocks change is as long as the night")
    func changes() throws {
        let spring = try #require(Day("2026-03-08"))
        let autumn = try #require(Day("2026-11-01"))
        for (day, hours) in [(spring, 5), (autumn, 7)] {
            let clock = DayClock(day, through: day, rules)
            let span = try #require(clock.span(of: part(0, 6), on: day))
            #expect(span.end.seconds(since: span.start) == Int64(hours) * 3600)
        }
    }

    @Test("midnight as the end of a part is the end of the day, and no part goes over it")
    func parts() throws {
        let evening = try #require(TimeOfDay("18:00"))
        #expect(DayPart(evening, .midnight) == DayPart(from: 1080, until: 1440))
        #expect(DayPart(evening, evening) == nil)
        #expect(DayPart(evening, try #require(TimeOfDay("02:00"))) == nil)
        #expect(DayPart.joined([try part(12, 14), try part(8, 12), try part(16, 17)]) == [try part(8, 14), try part(16, 17)])
    }
}

@Suite("Sets of starts")
struct StartsTests {
    @Test("each operation is what looking at every second finds")
    func operations() {
        var random = Seeded(8)
        func some() -> Starts {
            Starts(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    let low = Int64.random(in: 0...40, using: &random)
                    return low..<low + Int64.random(in: 0...12, using: &random)
                }
            )
        }
        for _ in 0..<2000 {
            let (one, two, three) = (some(), some(), some())
            for second in Int64(-1)...60 {
                let (left, right, last) = (one.contains(second), two.contains(second), three.contains(second))
                #expect(one.intersection(two).contains(second) == (left && right))
                #expect(one.subtracting(two).contains(second) == (left && !right))
                #expect(one.union(two).contains(second) == (left || right))
                #expect(Starts.atLeast(2, of: [one, two, three]).contains(second) == ([left, right, last].count { $0 } >= 2))
            }
        }
    }
}
