import Postgres
import TestSupport
import Testing
import Values
import Web

@testable import Scheduling

/// Where occurrences go whose own day has no place, against looking at every quarter of an hour of every day around.
@Suite("Days around the occurrences of a series")
struct NearbyDaysTests {
    private static let rules = TimeZoneRules(ZoneName("America/New_York") ?? .utc)
    private let rules = NearbyDaysTests.rules
    private let first = Day("2026-03-02") ?? .blank
    private let cast = [resource(1, .provider), resource(2, .room, lanes: 2)]
    private let patron = Patron(id: PatientID(holder(50)), isReturning: true)

    /// Hours of every day, and what is otherwise on some.
    private func timetable(dated: [DatedHours] = [], blocks: [Block] = []) throws -> Timetable {
        let part = try #require(DayPart(from: 8 * 60, until: 17 * 60))
        return Timetable(rules, weekly: (1...7).map { weeklyHours(UInt64($0), nil, $0, part) }, dated: dated, blocks: blocks)
    }

    private func moment(_ day: Day, _ minutes: Int) -> Instant { rules.first(day, TimeOfDay(minutes: minutes) ?? .midnight) }

    private func plan(_ days: [Day], _ time: Int, minutes: Int = 30) throws -> SeriesPlan {
        let time = try #require(TimeOfDay(minutes: time))
        return SeriesPlan(
            timeZone: "America/New_York",
            occurrences: try days.enumerated().map { index, day in
                try PlannedOccurrence(
                    ordinal: index + 1,
                    appointment: appointmentID(UInt64(index)),
                    day: day,
                    time: time,
                    isExtra: false,
                    rules.read(day, time),
                    minutes: minutes
                )
            }
        )
    }

    /// First with each on its own day, then with the days around those that need them.
    private func looked(_ plan: SeriesPlan, _ agenda: Agenda, _ type: AppointmentType, others: [Day] = [], excepted: [Day] = [])
        -> SeriesPlan
    {
        func want(_ one: PlannedOccurrence) -> Want {
            Want(appointment: one.appointment, patron: patron, resources: cast, type: type)
        }
        var (own, both) = (plan, plan)
        var (alone, together) = (agenda, agenda)
        own.look(&alone) { want($0) }
        let nearby = NearbyDays(own, others: others, excepted: excepted, rules, now: agenda.now)
        guard !nearby.isEmpty else { return own }
        both.look(&together, nearby: nearby) { want($0) }
        return both
    }

    private func off(_ days: [Day]) -> [DatedHours] { days.enumerated().map { datedHours(UInt64(100 + $0.offset), nil, $0.element, []) } }

    private func clocks(_ plan: SeriesPlan) -> [String?] {
        plan.occurrences.map { one in one.proposed.map { "\(rules.wallClock(at: $0.start).day) \(rules.wallClock(at: $0.start).time)" } }
    }

    @Test("with random hours, blocks and bookings each goes where looking at every quarter of every day finds the nearest")
    func exact() throws {
        var random = Seeded(41)
        var (elsewhere, nowhere) = (0, 0)
        for round in 0..<20 {
            let type = appointmentType(minutes: [30, 45, 240].randomElement(using: &random) ?? 30, before: 10, after: 5)
            let every = [2, 3, 7, 9].randomElement(using: &random) ?? 7
            let days = (0..<4).map { first.adding(days: every * $0) }
            let all = (-7..<(every * 4 + 7)).map { first.adding(days: $0) }
            let shut = all.filter { _ in Int.random(in: 0...3, using: &random) > 0 }
            let blocks = try (0..<UInt64(8)).map { number in
                let from = moment(all.randomElement(using: &random) ?? first, 30 * Int.random(in: 16...30, using: &random))
                let length = 60 * Int.random(in: 1...8, using: &random)
                return block(
                    number,
                    Bool.random(using: &random) ? nil : cast[1].id,
                    try #require(InstantRange(from, from.adding(minutes: length)))
                )
            }
            let taken = try (0..<UInt64(20)).map { number in
                let from = moment(all.randomElement(using: &random) ?? first, 15 * Int.random(in: 30...64, using: &random))
                let lane = Int32.random(in: 0...1, using: &random)
                return Occupancy(
                    appointment: appointmentID(1000 + number),
                    holder: Bool.random(using: &random) ? cast[0].id.uuid : cast[1].id.uuid,
                    lanes: try #require(Bool.random(using: &random) ? Int4Range(0, nil) : Int4Range(lane, lane + 1)),
                    span: try #require(InstantRange(from, from.adding(minutes: 90)))
                )
            }
            let now = moment(first.adding(days: Int.random(in: -9...0, using: &random)), 600)
            let agenda = Agenda(taken, try timetable(dated: off(shut), blocks: blocks), now: now)
            let excepted = [all.randomElement(using: &random) ?? first]
            let planned = try plan(days, 15 * Int.random(in: 32...60, using: &random) + 5, minutes: type.minutes)
            let found = looked(planned, agenda, type, excepted: excepted)
            #expect(found.occurrences.map(\.proposed) == brute(planned, agenda, type, excepted), "round \(round)")
            let moved = found.occurrences.filter { one in one.proposed.map { rules.wallClock(at: $0.start).day != one.day } ?? false }
            elsewhere += moved.count
            nowhere += found.occurrences.count { $0.state != .free && $0.proposed == nil }
        }
        #expect(elsewhere > 12 && nowhere > 2, "\(elsewhere) went elsewhere, \(nowhere) nowhere")
    }

    /// Where each goes; nil where it stays or finds nothing.
    private func brute(_ plan: SeriesPlan, _ agenda: Agenda, _ type: AppointmentType, _ excepted: [Day]) -> [InstantRange?] {
        var agenda = agenda
        let wants = plan.occurrences.map { Want(appointment: $0.appointment, patron: patron, resources: cast, type: type) }
        let isFree = zip(plan.occurrences, wants).map { one, want in
            let isFree = agenda.obstacles(to: want, at: one.span).isEmpty
            if isFree { agenda.take(want, at: one.span) }
            return isFree
        }
        var kept = plan.occurrences.map(\.day)
        return plan.occurrences.indices.map { index -> InstantRange? in
            let (one, want) = (plan.occurrences[index], wants[index])
            guard !isFree[index] else { return nil }
            func isReached(_ day: Day) -> Bool {
                guard day != one.day else { return true }
                let between = min(day, one.day)...max(day, one.day)
                return !excepted.contains(day) && !kept.contains { $0 != one.day && between.contains($0) }
            }
            var best: (key: (Int64, Instant), span: InstantRange)?
            for distance in 0...6 where best == nil {
                for day in Set([one.day.adding(days: -distance), one.day.adding(days: distance)]) where isReached(day) {
                    let wanted = moment(day, one.time.minutes)
                    let quarters = (0..<96).map { moment(day, 15 * $0) }
                    for start in quarters + (distance == 0 ? [] : [wanted]) where start >= agenda.now {
                        guard let span = InstantRange(start, start.adding(minutes: one.minutes)),
                            agenda.obstacles(to: want, at: span).isEmpty
                        else { continue }
                        let key = (abs(start.seconds(since: wanted)), start)
                        if best.map({ key < $0.key }) ?? true { best = (key, span) }
                    }
                }
            }
            guard let best else { return nil }
            agenda.take(want, at: best.span)
            kept.append(rules.wallClock(at: best.span.start).day)
            return best.span
        }
    }

    @Test(
        "a day off goes to the day before at the same time on the clocks, where that is off too to the day after, over daylight saving as well"
    )
    func wallClock() throws {
        // Clocks go forward on 8 March.
        let days = [first.adding(days: 6), first.adding(days: 13)]
        let agenda = Agenda([], try timetable(dated: off([days[0], days[1], days[1].adding(days: -1)])), now: moment(first, 0))
        let found = looked(try plan(days, 9 * 60 + 5), agenda, appointmentType())
        #expect(clocks(found) == ["2026-03-07 09:05", "2026-03-16 09:05"])
        #expect(found.occurrences.allSatisfy { $0.state == .closed })
    }

    @Test("none goes further than six days, into the past, to a day that is excepted, or onto or past another's day")
    func bounds() throws {
        let type = appointmentType()
        let wednesday = first.adding(days: 2)
        func found(_ days: [Day], _ shut: [Day], others: [Day] = [], excepted: [Day] = [], now: Day? = nil) throws -> [String?] {
            let agenda = Agenda([], try timetable(dated: off(shut)), now: moment(now ?? first.adding(days: -30), 12 * 60))
            return clocks(looked(try plan(days, 540), agenda, type, others: others, excepted: excepted))
        }
        func around(_ reach: Int) -> [Day] { (-reach...reach).map { wednesday.adding(days: $0) } }
        #expect(try found([wednesday], around(5)) == ["2026-02-26 09:00"])
        #expect(try found([wednesday], around(6)) == [nil])
        #expect(try found([wednesday], [wednesday], excepted: [wednesday.adding(days: -1)]) == ["2026-03-05 09:00"])
        // At noon of the day before nine o'clock is over there.
        #expect(try found([wednesday], [wednesday], now: wednesday.adding(days: -1)) == ["2026-03-05 09:00"])
        #expect(try found([wednesday], around(1), now: wednesday) == ["2026-03-06 09:00"])
        #expect(try found([wednesday], [wednesday], others: [wednesday.adding(days: -1), wednesday.adding(days: 1)]) == [nil])
        // The first goes a day back; the second may not pass where the first is, nor the first where the second was.
        let two = [wednesday, wednesday.adding(days: 3)]
        #expect(
            try found(two, [wednesday.adding(days: -1)] + (0...5).map { wednesday.adding(days: $0) }) == [
                "2026-03-02 09:00", "2026-03-10 09:00",
            ]
        )
        #expect(try found(two, around(6).filter { $0 != wednesday.adding(days: 2) }) == ["2026-03-06 09:00", "2026-03-11 09:00"])
    }

    @Test(
        "a year of occurrences over five years, of which none has a place on any day, is found out at once",
        arguments: ["closed", "blocked", "full"]
    )
    func hostile(_ kind: String) throws {
        let days = (0..<366).map { first.adding(days: 5 * $0) }
        let whole = try #require(InstantRange(moment(first.adding(days: -10), 0), moment(first.adding(days: 5 * 366 + 10), 0)))
        var taken: [Occupancy] = []
        if kind == "full" {
            for number in -7..<(5 * 366 + 7) {
                let opens = moment(first.adding(days: number), 8 * 60)
                for slot in 0..<9 {
                    let start = opens.adding(minutes: 60 * slot)
                    taken.append(
                        Occupancy(
                            appointment: appointmentID(1000),
                            holder: cast[0].id.uuid,
                            lanes: try #require(Int4Range(0, nil)),
                            span: try #require(InstantRange(start, start.adding(minutes: 60)))
                        )
                    )
                }
            }
        }
        let always =
            switch kind {
            case "closed": try timetable(dated: (-7..<(5 * 366 + 7)).map { datedHours(UInt64($0 + 7), nil, first.adding(days: $0), []) })
            case "blocked": try timetable(blocks: [block(1, cast[0].id, whole)])
            default: try timetable()
            }
        let agenda = Agenda(taken, always, now: moment(first.adding(days: -30), 0))
        let planned = try plan(days, 540)
        var found = planned
        let took = processorTime { found = looked(planned, agenda, appointmentType()) }
        print("series, \(kind): 366 occurrences, \(took)")
        #expect(found.occurrences.allSatisfy { $0.state != .free && $0.proposed == nil })
        #expect(took < .seconds(4))
    }
}
