import Values

/// Finds every opening of a type in some days: for each provider a sweep over sorted spans, no probing of each quarter of an hour. Pure; a test
/// compares it with looking everywhere.
struct OpeningSearch: Sendable {
    var type: AppointmentType
    var minutes: Int
    /// Of all kinds, in use.
    let resources: [Resource]
    let patron: Patron?
    let timetable: Timetable
    let load: Load
    let clock: DayClock
    let now: Instant
    var allotments: [ResourceID: [InstantRange]] = [:]
    /// 1 is Monday; empty is every day.
    var weekdays: Set<Int> = []
    /// Between which times of the day it must lie; nil without bound.
    var part: DayPart?
    /// Openings begin where clocks show a multiple of so many minutes.
    var step = 15
    /// Only these, in the order of nothing; empty is all who may.
    var providers: Set<ResourceID> = []

    var seconds: Int64 { Int64(minutes) * 60 }
    var grid: ClockGrid { ClockGrid(clock, step: step, timetable.rules) }

    /// Those who could.
    var performers: [Resource] {
        resources.filter { $0.kind == .provider && type.mayPerform($0.id) && (providers.isEmpty || providers.contains($0.id)) }
    }

    /// Every opening with the provider's own part; the further resources are named by `completed`.
    func all() -> [Opening] {
        let places = places()
        guard !places.isEmpty else { return [] }
        let loads = loads(performers)
        let grid = grid
        return places.flatMap { openings($0.provider, $0.starts, loads, on: grid) }
    }

    /// When each of those who could may begin, with somebody and something of all else that is needed; on no grid.
    func places() -> [(provider: Resource, starts: Starts)] {
        let bounds = Starts(startBounds.map { [$0] } ?? [])
        let patient = patron.map { load.starts(Demand(patient: $0.id), seconds: seconds, inside: [clock.whole]) }
        let equipment = equipmentStarts()
        let assistants = needed(.provider) - 1
        let performers = performers
        let own = performers.map { starts(of: $0, isProvider: true) }
        // Whoever assists may be anybody in use, not only who may perform.
        let others = assistants > 0 ? resources.filter { $0.kind == .provider }.map { ($0.id, starts(of: $0, isProvider: false)) } : []
        var common = bounds
        if let patient { common = common.intersection(patient) }
        for starts in equipment { common = common.intersection(starts) }
        guard !common.isEmpty else { return [] }
        return performers.enumerated().map { index, provider in
            var starts = own[index].intersection(common)
            if assistants > 0 {
                starts = starts.intersection(.atLeast(assistants, of: others.filter { $0.0 != provider.id }.map(\.1)))
            }
            return (provider, starts)
        }
    }

    /// The same opening with the further resources it takes: of those that are free the least busy, so that none wears out.
    func completed(_ openings: [Opening]) -> [Opening] {
        let pool = pool()
        let kinds = Set(type.needs)
        return openings.map { opening in
            var opening = opening
            let second = opening.startsAt.wholeSeconds(roundedUp: true)
            for kind in kinds {
                let count = needed(kind) - (kind == .provider ? 1 : 0)
                guard count > 0 else { continue }
                opening.resources += pool.filter {
                    $0.resource.kind == kind && $0.resource.id != opening.provider && $0.starts.contains(second)
                }
                .prefix(count).map(\.resource.id)
            }
            return opening
        }
    }

    /// What may be used besides the provider, and when: the least busy first.
    func pool() -> [(resource: Resource, starts: Starts)] {
        let kinds = Set(type.needs)
        return resources.filter { kinds.contains($0.kind) }
            .map { (resource: $0, busy: load.spans(of: $0.id.uuid).reduce(0) { $0 + $1.end.seconds(since: $1.start) }) }
            .sorted { ($0.busy, $0.resource.id) < ($1.busy, $1.resource.id) }
            .map { (resource: $0.resource, starts: starts(of: $0.resource, isProvider: false)) }
    }

    // MARK: Starts

    func needed(_ kind: Resource.Kind) -> Int { type.needs.count { $0 == kind } }

    /// Not in the past, not before the lead time nor after the horizon.
    private var startBounds: Range<Int64>? {
        let earliest = max(clock.whole.start, now.adding(minutes: type.leadMinutes)).wholeSeconds(roundedUp: true)
        let latest = min(clock.whole.end, type.latestStart(timetable.rules, now: now) ?? clock.whole.end).wholeSeconds(roundedUp: true)
        return earliest < latest ? earliest..<latest : nil
    }

    private func equipmentStarts() -> [Starts] {
        Set(type.needs).subtracting([.provider]).map { kind in
            .atLeast(needed(kind), of: resources.filter { $0.kind == kind }.map { starts(of: $0, isProvider: false) })
        }
    }

    private func starts(of resource: Resource, isProvider: Bool) -> Starts {
        let demand = Demand(resource, type)
        var starts = load.starts(demand, seconds: seconds, inside: isProvider ? windows(of: resource) : hours(of: resource))
        let wanted = clock.whole.widened(by: AppointmentType.bufferRange.upperBound)
        let blocks = timetable.blocks(of: resource.id, meeting: wanted).map(\.span)
        if !blocks.isEmpty { starts = starts.subtracting(Load.blocked(blocks, demand, seconds)) }
        if resource.shared {
            // Its buffers must lie in what is ours too.
            let own = InstantRange.joined(allotments[resource.id] ?? []).compactMap {
                InstantRange($0.start.adding(minutes: demand.bufferBefore), $0.end.adding(minutes: -demand.bufferAfter))
            }
            starts = starts.intersection(Starts(of: seconds, inside: own))
        }
        return starts
    }

    /// The hours of a resource within the location's.
    private func hours(of resource: Resource) -> [InstantRange] {
        let location = timetable.hours(of: nil, clock) ?? [clock.whole]
        guard let own = timetable.hours(of: resource.id, clock) else { return location }
        return InstantRange.common(location, own)
    }

    /// The hours of a provider, cut to the days and times that are asked for. Where no hours are set at all, the usual ones of clinics.
    private func windows(of provider: Resource) -> [InstantRange] {
        var asked: [InstantRange] = []
        for day in clock.days where weekdays.isEmpty || weekdays.contains(day.weekday) {
            let isSet = timetable.isSet([provider.id], on: day)
            guard let usual = isSet ? DayPart(from: 0, until: DayPart.day) : DiaryHours.usual else { continue }
            let bounds = part.map { DayPart(from: max($0.from, usual.from), until: min($0.until, usual.until)) } ?? usual
            if let bounds, let span = clock.span(of: bounds, on: day) { asked.append(span) }
        }
        // Days asked for one after another are one stretch of time, for what goes on over midnight.
        return InstantRange.common(part == nil ? InstantRange.joined(asked) : asked, hours(of: provider))
    }
}
