import Postgres
import TestSupport
import Testing
import Values
import Web

@testable import Scheduling

/// Appointments of a series that move together, against looking at everything again for each one that stays.
@Suite("Series that move together")
struct SeriesMovesTests {
    @Test("with random hours, bookings and lanes exactly those stay of which looking again and again finds that they cannot move")
    func exact() throws {
        var random = Seeded(23)
        var (some, chained) = (0, 0)
        for round in 0..<150 {
            let series = try RandomSeries(&random)
            let oracle = BruteMoves(series.moves)
            guard let moved = try? series.moves.places() else {
                #expect(oracle.staying == nil, "round \(round)")
                continue
            }
            let staying = zip(series.moves.all, moved.places).filter { $0.1 == nil }.map { $0.0.want.appointment }
            #expect(oracle.staying == Set(staying), "round \(round)")
            #expect(moved.places.compactMap(\.self).allSatisfy { place in series.moves.all.contains { $0.planned.span == place } })
            some += staying.isEmpty ? 0 : 1
            chained += oracle.rounds > 2 ? 1 : 0
        }
        #expect(some > 40 && chained > 20, "in \(some) rounds some stayed, in \(chained) for others that did")
    }

    @Test("a year of days of which each keeps the one before")
    func chain() throws {
        let series = try RandomSeries(days: 366, gap: 40)
        var staying = 0
        let took = try processorTime { staying = try series.moves.places().places.count { $0 == nil } }
        print("series: \(staying) stay, \(took)")
        #expect(staying == 325)
        #expect(took < .seconds(4))
    }
}

/// A series of some days, and what it is asked to do.
private struct RandomSeries {
    let moves: SeriesMoves

    private static let rules = TimeZoneRules(ZoneName("America/New_York") ?? .utc)
    private static let first = Day("2026-03-02") ?? .blank

    init(_ random: inout Seeded) throws {
        var type = appointmentType(
            minutes: [30, 60, 600].randomElement(using: &random) ?? 30,
            before: 5 * Int.random(in: 0...2, using: &random),
            after: 5 * Int.random(in: 0...2, using: &random)
        )
        if Int.random(in: 0...3, using: &random) == 0 {
            type.doubleBooking = .lanes
            type.lanes = 2
        }
        let cast = [resource(1, .provider), resource(2, .room, lanes: Int.random(in: 1...2, using: &random))]
        let days = (0..<14).filter { _ in Int.random(in: 0...5, using: &random) > 0 }
        let minute = [0, 30, 300, 600].randomElement(using: &random) ?? 0
        let (by, later) = (Int.random(in: -2...3, using: &random), [0, 0, 20, 300].randomElement(using: &random) ?? 0)
        let starts = days.map { RandomSeries.start($0, 540 + minute) }
        let blocks = try (0..<UInt64.random(in: 0...3, using: &random)).map { number in
            let from = RandomSeries.start(Int.random(in: 0...16, using: &random), 540 + minute + later)
            return block(number, Bool.random(using: &random) ? nil : cast[1].id, try #require(InstantRange(from, from.adding(minutes: 90))))
        }
        var others: [Occupancy] = []
        for number in 0..<UInt64.random(in: 0...8, using: &random) {
            let from = RandomSeries.start(Int.random(in: 0...16, using: &random), 500 + minute + later)
            let lane = Int32.random(in: 0...1, using: &random)
            others.append(
                Occupancy(
                    appointment: appointmentID(1000 + number),
                    holder: cast[Int.random(in: 0...1, using: &random)].id.uuid,
                    lanes: try #require(Bool.random(using: &random) ? Int4Range(0, nil) : Int4Range(lane, lane + 1)),
                    span: try #require(InstantRange(from, from.adding(minutes: 60))),
                    sharing: 2
                )
            )
        }
        self.init(type, cast, starts, days.map { RandomSeries.start($0 + by, 540 + minute + later) }, blocks, others)
    }

    /// One of each day at nine, by a day, with a block after the last; none on the day of the gap.
    init(days: Int, gap: Int) throws {
        let all = (0..<days).filter { $0 != gap }
        let after = RandomSeries.start(days, 480)
        self.init(
            appointmentType(),
            [resource(1, .provider), resource(2, .room)],
            all.map { RandomSeries.start($0, 540) },
            all.map { RandomSeries.start($0 + 1, 540) },
            [block(1, nil, try #require(InstantRange(after, after.adding(minutes: 240))))],
            []
        )
    }

    private init(
        _ type: AppointmentType,
        _ cast: [Resource],
        _ starts: [Instant],
        _ targets: [Instant],
        _ blocks: [Block],
        _ others: [Occupancy]
    ) {
        let patron = Patron(id: PatientID(holder(50)), isReturning: true)
        var taken = others
        var all: [SeriesMoves.One] = []
        for (index, (start, target)) in zip(starts, targets).enumerated() {
            let want = Want(appointment: appointmentID(UInt64(index)), patron: patron, resources: cast, type: type)
            guard let span = InstantRange(start, start.adding(minutes: type.minutes)),
                let planned = try? PlannedOccurrence(
                    ordinal: index + 1,
                    appointment: want.appointment,
                    day: RandomSeries.first,
                    time: .midnight,
                    isExtra: false,
                    .once(target),
                    minutes: type.minutes
                )
            else { continue }
            all.append(SeriesMoves.One(want: want, planned: planned))
            taken += want.demands.compactMap { demand in
                Int4Range(0, demand.lanes == 1 ? nil : 1).map {
                    Occupancy(
                        appointment: want.appointment,
                        holder: demand.holder,
                        lanes: $0,
                        span: demand.span(for: span),
                        type: type.id,
                        sharing: type.sharing
                    )
                }
            }
        }
        moves = SeriesMoves(
            all: all,
            taken: taken,
            empty: Agenda([], Timetable(RandomSeries.rules, blocks: blocks), now: .blank),
            timeZone: "America/New_York",
            choice: .skip,
            showsAppointments: true
        )
    }

    private static func start(_ day: Int, _ minute: Int) -> Instant {
        rules.first(first.adding(days: day), TimeOfDay(minutes: minute) ?? .midnight)
    }
}

/// Looks at everything as often as one more stays.
private struct BruteMoves {
    /// nil when none can move.
    var staying: Set<AppointmentID>?
    var rounds = 0

    init(_ moves: SeriesMoves) {
        let wants = Dictionary(uniqueKeysWithValues: moves.all.map { ($0.want.appointment, $0.want) })
        var known: Set<AppointmentID> = []
        while known.count < moves.all.count {
            rounds += 1
            var agenda = Agenda(
                moves.taken.filter { known.contains($0.appointment) || wants[$0.appointment] == nil },
                moves.empty.timetable,
                now: moves.empty.now
            )
            var plan = SeriesPlan(timeZone: moves.timeZone, occurrences: moves.all.map(\.planned))
            plan.look(&agenda, staying: known, proposing: false) { wants[$0.appointment] }
            let more = known.union(plan.occurrences.filter { $0.state != .free }.map(\.appointment))
            if more == known {
                staying = known
                return
            }
            known = more
        }
    }
}
