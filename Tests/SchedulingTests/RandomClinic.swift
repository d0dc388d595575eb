import Postgres
import Testing
import Values
import Web

@testable import Scheduling

/// A clinic with random people, hours, closures, blocks and bookings over some days, the same for one seed.
struct RandomClinic {
    let resources: [Resource]
    let type: AppointmentType
    let taken: [Occupancy]
    let timetable: Timetable
    let patron: Patron?
    let clock: DayClock
    let now: Instant

    var providers: [Resource] { resources.filter { $0.kind == .provider } }

    /// New York puts its clocks forward on 8 March 2026 and back on 1 November.
    private static let firsts = ["2026-03-07", "2026-03-16", "2026-10-31", "2026-06-03"].compactMap { Day($0) }

    static let zone = TimeZoneRules(ZoneName("America/New_York") ?? .utc)

    init(_ random: inout Seeded) throws {
        let rules = RandomClinic.zone
        let first = RandomClinic.firsts.randomElement(using: &random) ?? .blank
        let clock = DayClock(first, through: first.adding(days: Int.random(in: 0...2, using: &random)), rules)
        let kinds: [Resource.Kind] = [.provider, .provider, .provider, .room, .room, .device]
        let resources = kinds.enumerated().map {
            resource(UInt64($0.offset + 1), $0.element, lanes: Int.random(in: 0...3, using: &random) == 0 ? 2 : 1)
        }
        let type = RandomClinic.type(resources, &random)
        self.clock = clock
        self.resources = resources
        self.type = type
        patron = Bool.random(using: &random) ? Patron(id: PatientID(holder(50)), isReturning: Bool.random(using: &random)) : nil
        taken = try (0..<UInt64.random(in: 0...45, using: &random)).map { number in
            let from = clock.whole.start.adding(minutes: 5 * Int.random(in: -30...860, using: &random))
            let lane = Int32.random(in: 0...1, using: &random)
            let isGroup = type.seats > 1 && Bool.random(using: &random)
            let isShared = Bool.random(using: &random) || isGroup
            let minutes = isGroup ? type.minutes + type.bufferBefore + type.bufferAfter : 5 * Int.random(in: 1...20, using: &random)
            return Occupancy(
                appointment: appointmentID(number),
                holder: Int.random(in: 0...7, using: &random) == 0 ? holder(50) : holder(UInt64.random(in: 1...6, using: &random)),
                lanes: try #require(isShared ? Int4Range(lane, lane + 1) : Int4Range(0, nil)),
                span: InstantRange(from, from.adding(minutes: minutes)) ?? clock.whole,
                type: isGroup ? type.id : nil,
                sharing: isGroup ? 0 : isShared ? Int.random(in: 0...3, using: &random) : 1
            )
        }
        timetable = RandomClinic.timetable(resources, clock, rules, &random)
        now = clock.whole.start.adding(minutes: Int.random(in: -3000...600, using: &random))
    }

    static func type(_ resources: [Resource], _ random: inout Seeded) -> AppointmentType {
        let needs: [[Resource.Kind]] = [
            [.provider], [.provider, .room], [.provider, .room, .room], [.provider, .room, .device], [.provider, .provider],
        ]
        var type = appointmentType(
            minutes: 5 * Int.random(in: 1...18, using: &random),
            before: 5 * Int.random(in: 0...3, using: &random),
            after: 5 * Int.random(in: 0...3, using: &random),
            needs: needs.randomElement(using: &random) ?? [.provider]
        )
        switch Int.random(in: 0...5, using: &random) {
        case 0:
            type.doubleBooking = .lanes
            type.lanes = 2
        case 1: type.seats = 3
        default: break
        }
        if Int.random(in: 0...3, using: &random) == 0 {
            type.performers = [ProviderID(resources[0].id.uuid), ProviderID(resources[2].id.uuid)]
        }
        if Int.random(in: 0...3, using: &random) == 0 { type.leadMinutes = 5 * Int.random(in: 1...300, using: &random) }
        if Int.random(in: 0...3, using: &random) == 0 { type.horizonDays = Int.random(in: 1...3, using: &random) }
        return type
    }

    private static func timetable(_ resources: [Resource], _ clock: DayClock, _ rules: TimeZoneRules, _ random: inout Seeded) -> Timetable {
        var weekly: [WeeklyHours] = []
        var dated: [DatedHours] = []
        var blocks: [Block] = []
        let calendars: [ResourceID?] = [nil] + resources.map { Optional($0.id) }
        for (number, calendar) in calendars.enumerated() {
            let id = UInt64(number * 100)
            if Int.random(in: 0...2, using: &random) == 0 {
                for weekday in 1...7 where Int.random(in: 0...4, using: &random) > 0 {
                    for (half, part) in parts(&random).enumerated() {
                        weekly.append(weeklyHours(id + UInt64(weekday * 10 + half), calendar, weekday, part))
                    }
                }
            }
            if Int.random(in: 0...4, using: &random) == 0 {
                dated.append(datedHours(id, calendar, clock.days.randomElement(using: &random) ?? clock.first, parts(&random)))
            }
            if Int.random(in: 0...3, using: &random) == 0 {
                let from = clock.whole.start.adding(minutes: 5 * Int.random(in: 0...500, using: &random))
                let span = InstantRange(from, from.adding(minutes: 5 * Int.random(in: 1...60, using: &random))) ?? clock.whole
                blocks.append(block(id, calendar, span))
            }
        }
        return Timetable(rules, weekly: weekly, dated: dated, blocks: blocks)
    }

    /// None, one or two parts of a day, apart or touching.
    private static func parts(_ random: inout Seeded) -> [DayPart] {
        let edges = (0..<Int.random(in: 0...2, using: &random) * 2).map { _ in 30 * Int.random(in: 0...48, using: &random) }.sorted()
        return stride(from: 0, to: edges.count, by: 2).compactMap { DayPart(from: edges[$0], until: edges[$0 + 1]) }
    }
}

extension RandomClinic {
    /// Minute by minute: a day that is asked for, a time that is asked for, the usual hours where none are set.
    func isAsked(_ span: InstantRange, _ provider: Resource, _ search: OpeningSearch) -> Bool {
        let first = timetable.rules.wallClock(at: span.start).day
        return stride(from: 0, to: search.minutes, by: 5).map { span.start.adding(minutes: $0) }.allSatisfy { moment in
            let (day, time) = timetable.rules.wallClock(at: moment)
            guard clock.whole.start <= moment, moment < clock.whole.end else { return false }
            guard search.weekdays.isEmpty || search.weekdays.contains(day.weekday) else { return false }
            if let part = search.part, !(part.from..<part.until).contains(time.minutes) || day != first { return false }
            return timetable.isSet([provider.id], on: day) || (420..<1140).contains(time.minutes)
        }
    }

    func search(_ type: AppointmentType) -> OpeningSearch {
        OpeningSearch(
            type: type,
            minutes: type.minutes,
            resources: resources,
            patron: patron,
            timetable: timetable,
            load: Load(taken),
            clock: clock,
            now: now
        )
    }

    /// The rules of booking, with what was taken besides.
    func rulebook(_ type: AppointmentType, _ cast: some Sequence<Resource>, _ patron: Patron?, besides more: [Occupancy] = []) -> Rulebook {
        Rulebook(
            type: type,
            patron: patron,
            cast: Array(cast),
            timetable: timetable,
            diary: Diary(taken + more, in: clock.whole.widened(by: 300)),
            now: now
        )
    }
}

func weeklyHours(_ number: UInt64, _ calendar: ResourceID?, _ weekday: Int, _ part: DayPart) -> WeeklyHours {
    WeeklyHours(
        id: WeeklyHoursID(UUID(high: 11, low: number)),
        resource: calendar,
        weekday: weekday,
        part: part,
        fromDay: .blank,
        version: 1,
        createdAt: .blank,
        updatedAt: .blank,
        updatedBy: holder(99)
    )
}

func datedHours(_ number: UInt64, _ calendar: ResourceID?, _ day: Day, _ parts: [DayPart]) -> DatedHours {
    DatedHours(
        id: DatedHoursID(UUID(high: 12, low: number)),
        resource: calendar,
        fromDay: day,
        throughDay: day,
        parts: parts,
        reason: "Another day",
        version: 1,
        createdAt: .blank,
        updatedAt: .blank,
        updatedBy: holder(99)
    )
}

func block(_ number: UInt64, _ calendar: ResourceID?, _ span: InstantRange) -> Block {
    Block(
        id: BlockID(UUID(high: 13, low: number)),
        resource: calendar,
        span: span,
        reasonCode: "meeting",
        version: 1,
        createdAt: .blank,
        updatedAt: .blank,
        updatedBy: holder(99)
    )
}
