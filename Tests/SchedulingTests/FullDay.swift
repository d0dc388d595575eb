import Postgres
import Testing
import Values
import Web

@testable import Scheduling

/// A day of twenty providers with thirty visits each: types with skills, rooms, devices that two share, minutes to clean up, and visits of which a
/// provider takes two at once; hours of their own, a break, and patients who come twice.
struct FullDay {
    let day: RepairDay
    let hours: [ResourceID: ClosedRange<Int>]
    /// The minutes of the day in which the location is open.
    static let open = 480...1080
    static let pause = (provider: 3, minutes: 960...1020)

    private static let weekday = Day("2026-03-02") ?? .blank

    init() throws {
        let rules = TimeZoneRules(.utc)
        let clock = DayClock(FullDay.weekday, through: FullDay.weekday, rules)
        let providers = (0..<20).map { resource(UInt64($0 + 1), .provider) }
        let rooms = (0..<14).map { resource(UInt64($0 + 100), .room) }
        let devices = (0..<3).map { resource(UInt64($0 + 200), .device, lanes: 2) }
        let types = FullDay.types(providers)
        hours = Dictionary(uniqueKeysWithValues: providers.enumerated().map { ($1.id, $0 % 5 == 4 ? 480...960 : FullDay.open) })
        let pause = try #require(FullDay.span(FullDay.pause.minutes, clock))
        var weekly = [weeklyHours(1, nil, clock.first.weekday, try #require(DayPart(from: 480, until: 1080)))]
        for (number, provider) in providers.enumerated() where number % 5 == 4 {
            weekly.append(weeklyHours(UInt64(number + 2), provider.id, clock.first.weekday, try #require(DayPart(from: 480, until: 960))))
        }
        var day = RepairDay(
            visits: [],
            types: Dictionary(uniqueKeysWithValues: types.map { ($0.id, $0) }),
            resources: Dictionary(uniqueKeysWithValues: (providers + rooms + devices).map { ($0.id, $0) }),
            taken: [],
            timetable: Timetable(rules, weekly: weekly, blocks: [block(1, providers[FullDay.pause.provider].id, pause)]),
            clock: clock,
            now: clock.whole.start.adding(minutes: 540),
            outages: [Outage(resource: providers[0].id, span: try #require(FullDay.span(600...900, clock)))]
        )
        for slot in 0..<30 {
            for (number, provider) in providers.enumerated() {
                // Those of the last four come two at a time.
                let isPair = number >= 16
                let type = types[isPair ? 3 : number < 6 && slot % 10 == 5 ? 2 : number < 12 && slot % 2 == 0 ? 1 : 0]
                let start = 480 + 15 * (isPair ? slot / 2 : slot)
                let further = type.needs.contains(.room) ? [rooms[number].id] : type.needs.contains(.device) ? [devices[number / 2].id] : []
                // The second visit of a patient is half a day after the first.
                let patient = UInt64(slot % 15 * 20 + number)
                try FullDay.add(type, provider.id, further, patient, start, &day)
            }
        }
        self.day = day
    }

    private static func types(_ providers: [Resource]) -> [AppointmentType] {
        func type(_ number: UInt64, _ minutes: Int, after: Int = 0, _ needs: [Resource.Kind], by performers: ArraySlice<Resource> = [])
            -> AppointmentType
        {
            var type = appointmentType(minutes: minutes, after: after, needs: needs)
            type.id = AppointmentTypeID(UUID(high: 21, low: number))
            type.performers = performers.map { ProviderID($0.id.uuid) }
            return type
        }
        var quick = type(3, 15, [.provider])
        quick.doubleBooking = .lanes
        quick.lanes = 2
        return [
            type(0, 15, [.provider]), type(1, 15, [.provider, .room], by: providers[..<12]),
            type(2, 10, after: 5, [.provider, .device], by: providers[..<6]), quick,
        ]
    }

    static func add(
        _ type: AppointmentType,
        _ provider: ResourceID,
        _ further: [ResourceID],
        _ patient: UInt64,
        _ start: Int,
        _ day: inout RepairDay
    ) throws {
        let visit = RepairDay.Visit(
            id: appointmentID(UInt64(day.visits.count)),
            version: 1,
            patient: PatientID(holder(1000 + patient)),
            type: type.id,
            provider: provider,
            further: further,
            span: try #require(span(start...(start + type.minutes), day.clock)),
            status: .booked
        )
        day.visits.append(visit)
        for demand in day.demands(visit, visit.cast) {
            let taken = demand.span(for: visit.span)
            let there = day.taken.filter { $0.holder == demand.holder && $0.span.overlaps(taken) }
            let lane = Int32(clamping: try #require(demand.freeLane(beside: there), "the day itself is wrong"))
            let lanes = try #require(demand.lanes == 1 ? Int4Range(0, nil) : Int4Range(lane, lane + 1))
            day.taken.append(
                Occupancy(
                    appointment: visit.id,
                    holder: demand.holder,
                    lanes: lanes,
                    span: taken,
                    type: type.id,
                    sharing: type.sharing
                )
            )
        }
    }

    static func span(_ minutes: ClosedRange<Int>, _ clock: DayClock) -> InstantRange? {
        InstantRange(
            clock.whole.start.adding(minutes: minutes.lowerBound),
            clock.whole.start.adding(minutes: minutes.upperBound)
        )
    }
}
