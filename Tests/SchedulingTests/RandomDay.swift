import Postgres
import Testing
import Values
import Web

@testable import Scheduling

/// A small day with random people, rooms, visits and an outage: small enough that all ways to repair it can be tried.
struct RandomDay {
    let day: RepairDay

    init(_ random: inout Seeded, providers: Int = 3, rooms: Int = 2, visits: Int = 6, hours: ClosedRange<Int> = 9...13, step: Int = 60)
        throws
    {
        let rules = TimeZoneRules(.utc)
        let clock = DayClock(try #require(Day("2026-03-02")), through: try #require(Day("2026-03-02")), rules)
        let resources =
            (0..<providers).map { resource(UInt64($0 + 1), .provider) } + (0..<rooms).map { resource(UInt64($0 + 100), .room) }
        let types = RandomDay.types(resources, mayDiffer: providers < 5, &random)
        let table = Dictionary(resources.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let part = try #require(DayPart(from: 60 * hours.lowerBound, until: 60 * hours.upperBound))
        var day = RepairDay(
            visits: [],
            types: Dictionary(types.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }),
            resources: table,
            taken: [],
            timetable: Timetable(rules, weekly: [weeklyHours(1, nil, clock.first.weekday, part)]),
            clock: clock,
            now: clock.whole.start.adding(minutes: 60 * Int.random(in: 0...(hours.lowerBound + 1), using: &random)),
            outages: []
        )
        day.step = step
        for number in 0..<visits { RandomDay.add(UInt64(number), to: &day, hours, step, &random) }
        let out = clock.whole.start.adding(minutes: 60 * Int.random(in: hours.lowerBound..<hours.upperBound, using: &random))
        let span = try #require(InstantRange(out, out.adding(minutes: 60 * Int.random(in: 1...2, using: &random))))
        day.outages = [
            Outage(resource: Int.random(in: 0...9, using: &random) == 0 ? nil : resources.randomElement(using: &random)?.id, span: span)
        ]
        self.day = day
    }

    private static func types(_ resources: [Resource], mayDiffer: Bool, _ random: inout Seeded) -> [AppointmentType] {
        (0..<2).map { number in
            var type = appointmentType(
                minutes: number == 0 ? 60 : 30,
                after: number == 0 ? 0 : 10,
                needs: number == 0 ? [.provider, .room] : [.provider]
            )
            type.id = AppointmentTypeID(UUID(high: 21, low: UInt64(number)))
            if mayDiffer, Bool.random(using: &random) {
                type.performers = resources.prefix(2).map { ProviderID($0.id.uuid) }
            }
            return type
        }
    }

    /// Books where it can be booked; nothing when a few places are taken.
    private static func add(_ number: UInt64, to day: inout RepairDay, _ hours: ClosedRange<Int>, _ step: Int, _ random: inout Seeded) {
        for _ in 0..<8 {
            guard let type = day.types.values.sorted(by: { $0.id < $1.id }).randomElement(using: &random) else { return }
            let sorted = day.resources.values.sorted { $0.id < $1.id }
            guard let provider = sorted.filter({ $0.kind == .provider && type.mayPerform($0.id) }).randomElement(using: &random),
                let room = sorted.filter({ $0.kind == .room }).randomElement(using: &random)
            else { return }
            let steps = (hours.upperBound - hours.lowerBound) * 60 / step
            let minutes = hours.lowerBound * 60 + step * Int.random(in: 0..<steps, using: &random)
            let start = day.clock.whole.start.adding(minutes: minutes)
            guard let span = InstantRange(start, start.adding(minutes: type.minutes)),
                minutes + type.minutes <= hours.upperBound * 60
            else { continue }
            let visit = RepairDay.Visit(
                id: appointmentID(number),
                version: 1,
                patient: PatientID(holder(1000 + number / 2)),
                type: type.id,
                provider: provider.id,
                further: type.needs.contains(.room) ? [room.id] : [],
                span: span,
                status: Int.random(in: 0...7, using: &random) == 0 ? .arrived : .booked
            )
            let demands = day.demands(visit, visit.cast)
            guard Diary(day.taken, in: day.clock.whole).conflicts(demands, span).isEmpty, let lanes = Int4Range(0, nil) else { continue }
            day.visits.append(visit)
            day.taken += demands.map {
                Occupancy(appointment: visit.id, holder: $0.holder, lanes: lanes, span: $0.span(for: span), type: type.id)
            }
            return
        }
    }
}

/// Tries every way to repair a day.
struct BruteRepair {
    private struct Option {
        let place: RepairPlace
        let weight: Int
        let isMove: Bool
    }

    private let day: RepairDay
    private var options: [[Option]] = []
    private var best = Int.max

    init(_ day: RepairDay) {
        self.day = day
        options = day.visits.map { visit in
            let own = RepairPlace(provider: visit.provider, further: visit.further, span: visit.span)
            guard visit.isMovable else { return [Option(place: own, weight: 0, isMove: false)] }
            let isAffected = day.isAffected(visit)
            let stay = Option(place: own, weight: isAffected ? RepairWeight.stuck : 0, isMove: false)
            guard isAffected || visit.span.start > day.now else { return [stay] }
            return [stay] + places(visit).map { Option(place: $0, weight: RepairWeight.of($0, instead: visit), isMove: true) }
        }
    }

    mutating func leastWeight() -> Int {
        let unaffected = day.visits.indices.filter { !day.isAffected(day.visits[$0]) || !day.visits[$0].isMovable }
        let affected = day.visits.indices.filter { !unaffected.contains($0) }
        descend(Array(affected + unaffected), [], 0, 0)
        return best
    }

    private mutating func descend(_ rest: [Int], _ decided: [(Int, RepairPlace)], _ others: Int, _ weight: Int) {
        guard weight < best else { return }
        guard let index = rest.first else {
            best = weight
            return
        }
        let isOther = !day.isAffected(day.visits[index])
        for option in options[index] {
            let others = others + (isOther && option.isMove ? 1 : 0)
            guard others <= day.othersAtMost, decided.allSatisfy({ !meets(index, option.place, $0.0, $0.1) }) else { continue }
            descend(Array(rest.dropFirst()), decided + [(index, option.place)], others, weight + option.weight)
        }
    }

    private func meets(_ one: Int, _ place: RepairPlace, _ other: Int, _ there: RepairPlace) -> Bool {
        let mine = day.demands(day.visits[one], [place.provider] + place.further)
        let theirs = day.demands(day.visits[other], [there.provider] + there.further)
        return mine.contains { demand in
            theirs.contains { $0.holder == demand.holder && $0.span(for: there.span).overlaps(demand.span(for: place.span)) }
        }
    }

    /// Every place that the rules of booking allow when nothing else is booked.
    private func places(_ visit: RepairDay.Visit) -> [RepairPlace] {
        guard let type = day.types[visit.type] else { return [] }
        let resources = day.resources.values.sorted { $0.id < $1.id }
        let rooms: [[ResourceID]] = visit.further.isEmpty ? [[]] : resources.filter { $0.kind == .room }.map { [$0.id] }
        var starts = stride(from: 0, to: 1440, by: day.step).map { day.clock.whole.start.adding(minutes: $0) }
        starts.append(visit.span.start)
        let length = visit.span.end.seconds(since: visit.span.start)
        var places: Set<RepairPlace> = []
        for start in starts where start >= day.now {
            guard let span = InstantRange(start, start.adding(seconds: length)) else { continue }
            for provider in resources where provider.kind == .provider && (provider.id == visit.provider || type.mayPerform(provider.id)) {
                for room in rooms {
                    let place = RepairPlace(provider: provider.id, further: room, span: span)
                    if isAllowed(visit, type, place) { places.insert(place) }
                }
            }
        }
        places.remove(RepairPlace(provider: visit.provider, further: visit.further, span: visit.span))
        return Array(places)
    }

    private func isAllowed(_ visit: RepairDay.Visit, _ type: AppointmentType, _ place: RepairPlace) -> Bool {
        let cast = ([place.provider] + place.further).compactMap { day.resources[$0] }
        let rulebook = Rulebook(
            type: type,
            patron: Patron(id: visit.patient, isReturning: true),
            cast: cast,
            timetable: day.timetable,
            diary: Diary([], in: day.clock.whole.widened(by: 300)),
            now: day.now
        )
        let isOut = rulebook.demands.prefix(cast.count).contains { demand in
            day.outages.contains {
                ($0.resource == nil || $0.resource?.uuid == demand.holder) && $0.span.overlaps(demand.span(for: place.span))
            }
        }
        return !isOut
            && rulebook.restrictions(on: place.span).allSatisfy { RepairProposal.settled.contains($0.rule) || $0.rule == .performer }
    }
}
