import Postgres
import TestSupport
import Testing
import Values
import Web

@testable import Scheduling

/// The largest questions that may be asked. Searches run where requests are served, so none may take long: the limits are those of debug builds,
/// which are about twenty times slower than what runs in clinics.
@Suite("The largest searches")
struct SearchTimeTests {
    private let rules = TimeZoneRules(ZoneName("America/New_York") ?? .utc)
    private let first = Day("2026-03-02") ?? .blank
    private var clock: DayClock { DayClock(first, through: first.adding(days: OpeningsBody.longest - 1), rules) }

    /// The location's, the same on every day.
    private func hours(_ from: Int, _ until: Int) throws -> [WeeklyHours] {
        let part = try #require(DayPart(from: from * 60, until: until * 60))
        return (1...7).map { weeklyHours(UInt64($0), nil, $0, part) }
    }

    private func search(_ type: AppointmentType, _ resources: [Resource], _ taken: [Occupancy] = []) throws -> OpeningSearch {
        OpeningSearch(
            type: type,
            minutes: type.minutes,
            resources: resources,
            patron: nil,
            timetable: Timetable(rules, weekly: try hours(8, 16)),
            load: Load(taken),
            clock: clock,
            now: clock.whole.start.adding(minutes: -600)
        )
    }

    /// At the same times of every day.
    private func booked(_ holder: UUID, lane: Int32?, every minutes: Int, of length: Int, type: AppointmentTypeID? = nil)
        throws -> [Occupancy]
    {
        let lanes = try #require(Int4Range(lane ?? 0, lane.map { $0 + 1 }))
        var taken: [Occupancy] = []
        for day in clock.days {
            for minute in stride(from: 8 * 60, to: 16 * 60, by: minutes) {
                let start = clock.span(of: day).start.adding(minutes: minute)
                let span = try #require(InstantRange(start, start.adding(minutes: length)))
                taken.append(Occupancy(appointment: .blank, holder: holder, lanes: lanes, span: span, type: type))
            }
        }
        return taken
    }

    @Test("two appointments back to back with any of fifty providers, all free for two months")
    func free() throws {
        let providers = (1...50).map { resource(UInt64($0), .provider) }
        var together = BackToBackSearch([(try search(appointmentType(), providers), 0), (try search(appointmentType(), providers), 0)])
        var found = 0
        let took = try processorTime { found = try together.all().count }
        print("back to back, free: \(found) openings, \(took)")
        #expect(found == 50 * 62 * 29)
        #expect(took < .seconds(20))
    }

    @Test("three back to back with minutes between them and providers whom two may have at once, a third of all booked")
    func lanes() throws {
        let providers = (1...12).map { resource(UInt64($0), .provider, lanes: 2) }
        var taken: [Occupancy] = []
        for provider in providers { taken += try booked(provider.id.uuid, lane: 0, every: 30, of: 20) }
        let searches = try [20, 15, 30].map { try search(appointmentType(minutes: $0, before: 5, after: 10), providers, taken) }
        var together = BackToBackSearch([(searches[0], 0), (searches[1], 30), (searches[2], 30)])
        var found = 0
        let took = try processorTime { found = try together.all().count }
        print("back to back, lanes: \(found) openings, \(took)")
        #expect(found > 10_000)
        #expect(took < .seconds(20))
    }

    @Test("as many ways as are tried of a visit that has none: both parts need the same provider, with more minutes between than waiting")
    func hopeless() throws {
        let providers = (1...50).map { resource(UInt64($0), .provider) }
        var type = appointmentType(minutes: 15, before: 10, after: 10, needs: [.provider, .provider])
        type.performers = providers.prefix(20).map { ProviderID($0.id.uuid) }
        var next = appointmentType(minutes: 15, before: 10, after: 10)
        next.performers = [ProviderID(providers[30].id.uuid)]
        var last = next
        last.needs = [.provider]
        var together = BackToBackSearch([
            (try search(type, providers), 0), (try search(next, providers), 15), (try search(last, providers), 15),
        ])
        var problem: Problem?
        let took = processorTime { do { _ = try together.all() } catch { problem = error as? Problem } }
        print("back to back, hopeless: \(problem?.code ?? "found"), \(took)")
        #expect(took < .seconds(20))
    }

    @Test("a group of thirty seats, twenty times a day for two months, which half of them take")
    func group() throws {
        var type = appointmentType(minutes: 20)
        type.seats = 30
        let demand = Demand(resource(1, .provider), type)
        var taken: [Occupancy] = []
        for lane: Int32 in 0..<15 { taken += try booked(demand.holder, lane: lane, every: 24, of: 20, type: type.id) }
        let load = Load(taken)
        var starts = Starts()
        let took = processorTime { starts = load.starts(demand, seconds: 1200, inside: [clock.whole]) }
        print("group: \(taken.count) taken, \(took)")
        #expect(starts.contains(clock.whole.start.adding(minutes: 8 * 60 + 24).wholeSeconds(roundedUp: true)))
        #expect(!starts.contains(clock.whole.start.adding(minutes: 8 * 60 + 30).wholeSeconds(roundedUp: true)))
        #expect(took < .seconds(2))
    }

    @Test("a weekly series of five years on full days, with a break at every noon")
    func series() throws {
        let cast = [resource(1, .provider), resource(2, .room), resource(3, .device)]
        let noons = try (0..<(261 * 7)).map { number in
            let noon = rules.first(first.adding(days: number), try #require(TimeOfDay("12:00")))
            return block(UInt64(number), nil, try #require(InstantRange(noon, noon.adding(minutes: 60))))
        }
        let lanes = try #require(Int4Range(0, nil))
        var full: [Occupancy] = []
        for week in 0..<261 {
            let opens = rules.first(first.adding(days: 7 * week), try #require(TimeOfDay("08:00")))
            for number in 0..<16 {
                let start = opens.adding(minutes: 30 * number)
                let span = try #require(InstantRange(start, start.adding(minutes: 30)))
                full.append(Occupancy(appointment: appointmentID(1000), holder: cast[0].id.uuid, lanes: lanes, span: span))
            }
        }
        let occurrences = try (0..<261).map { week in
            try PlannedOccurrence(
                ordinal: week + 1,
                appointment: appointmentID(UInt64(week)),
                day: first.adding(days: 7 * week),
                time: try #require(TimeOfDay("09:00")),
                isExtra: false,
                rules.read(first.adding(days: 7 * week), try #require(TimeOfDay("09:00"))),
                minutes: 30
            )
        }
        var agenda = Agenda(full, Timetable(rules, weekly: try hours(8, 16), blocks: noons), now: clock.whole.start.adding(minutes: -600))
        var plan = SeriesPlan(timeZone: "America/New_York", occurrences: occurrences)
        let took = processorTime {
            plan.look(&agenda) {
                Want(
                    appointment: $0.appointment,
                    patron: Patron(id: PatientID(holder(50)), isReturning: true),
                    resources: cast,
                    type: appointmentType()
                )
            }
        }
        print("series: \(noons.count) blocks, \(took)")
        #expect(plan.occurrences.allSatisfy { $0.state == .conflict && $0.proposed == nil })
        #expect(took < .seconds(10))
    }

    @Test("a day of twenty providers on which all rooms are out, or all but two, in steps of five minutes")
    func repair() throws {
        for left in [0, 2] {
            var random = Seeded(3)
            var day = try RandomDay(&random, providers: 20, rooms: 20, visits: 1200, hours: 6...22, step: 15).day
            day.now = day.clock.whole.start
            day.step = 5
            let rooms = day.resources.values.filter { $0.kind == .room }.map(\.id).sorted()
            day.outages = rooms.dropFirst(left).map { Outage(resource: $0, span: day.clock.whole) }
            var proposal: RepairProposal?
            let took = processorTime { proposal = RepairProposal(day) }
            let (affected, moved) = (proposal?.affected ?? 0, proposal?.moved ?? 0)
            print("repair, \(left) rooms left: \(day.visits.count) visits, \(affected) affected, \(moved) moved, \(took)")
            #expect(affected > 50 && (left > 0 || moved == 0))
            #expect(took < .seconds(20))
        }
    }
}
