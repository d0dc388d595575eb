import Values

/// A place a visit could have, what it would cost, and which visits that could move as well have the time now.
struct RepairCandidate: Sendable {
    struct Take: Sendable {
        let holder: UUID
        let span: InstantRange
        /// Of a group: those of it may be together.
        let group: AppointmentTypeID?
        /// How many may be there at once beside those who stay.
        let room: Int
        /// The visit has it now.
        let isKept: Bool

        private func meets(_ other: Take) -> Bool {
            guard holder == other.holder, span.overlaps(other.span), !isKept || !other.isKept else { return false }
            return group == nil || group != other.group || span != other.span
        }

        /// Where several may be at once, which lanes are theirs is asked of the rules of booking, when the whole is known.
        func fits(beside others: some Sequence<Take>) -> Bool {
            var (least, there) = (room, 0)
            for other in others where meets(other) {
                there += 1
                least = min(least, other.room)
                guard there < least else { return false }
            }
            return true
        }
    }

    let place: RepairPlace
    let takes: [Take]
    let weight: Int
    /// Indices of visits.
    let blockers: Set<Int>
}

/// Finds the places that rules and what stays leave to a visit: by sweeps over sorted spans, as openings are found.
struct RepairPlaces {
    /// More would not be looked at before the search ends.
    static let breadth = 400
    static let combinations = 6

    let day: RepairDay
    /// What nobody moves: everything but the visits that are affected, and those that may make room.
    private let fixed: Load
    /// The same and those who may make room.
    private let everybody: Load
    private let soft: [UUID: [(visit: Int, span: InstantRange)]]
    private let open: [InstantRange]
    private let steps: [Int64]
    /// Those in use, in order.
    private let active: [Resource.Kind: [ResourceID]]
    private var starts: [Key: Starts] = [:]
    /// Whether some place was left out.
    private(set) var isCut = false

    private struct Key: Hashable {
        let resource: ResourceID
        let type: AppointmentTypeID
        let seconds: Int64
        let besides: Besides
    }

    /// Whose time is no place for anybody else.
    private enum Besides {
        case everybody, fixed, nobody
    }

    /// - Parameters:
    ///   - homeless: Visits that must move; what they have is free.
    ///   - yielding: Visits that may move.
    init(_ day: RepairDay, homeless: Set<Int>, yielding: Set<Int>) {
        self.day = day
        let indices = Dictionary(day.visits.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
        var stays: [Occupancy] = []
        var all: [Occupancy] = []
        var soft: [UUID: [(visit: Int, span: InstantRange)]] = [:]
        for row in day.taken {
            let index = indices[row.appointment]
            if let index, homeless.contains(index) { continue }
            all.append(row)
            if let index, yielding.contains(index) { soft[row.holder, default: []].append((index, row.span)) } else { stays.append(row) }
        }
        fixed = Load(stays)
        everybody = soft.isEmpty ? fixed : Load(all)
        steps = ClockGrid(day.clock, step: day.step, day.timetable.rules).moments(of: day.clock.first)
        self.soft = soft
        active = Dictionary(grouping: day.resources.values.filter(\.active), by: \.kind).mapValues { $0.map(\.id).sorted() }
        // Where no hours are set, the usual ones of clinics and those that are kept here on this day.
        let usual = DiaryHours.usual.flatMap { day.clock.span(of: $0, on: day.clock.first) } ?? day.clock.whole
        let first = day.visits.map(\.span.start).min() ?? usual.start
        let last = day.visits.map(\.span.end).max() ?? usual.end
        open = [InstantRange(min(first, usual.start), max(last, usual.end)) ?? usual]
    }

    /// The places of a visit, cheapest first, without the one it has. Those that nobody has are looked for by themselves: on a full day there are too
    /// many others to come as far.
    mutating func of(_ index: Int) -> [RepairCandidate] {
        guard let type = day.types[day.visits[index].type] else { return [] }
        var found: Set<RepairPlace> = []
        var candidates: [RepairCandidate] = []
        if !soft.isEmpty { look(index, type, .everybody, RepairPlaces.breadth / 2, &found, &candidates) }
        look(index, type, .fixed, RepairPlaces.breadth, &found, &candidates)
        return candidates.sorted { ($0.weight, $0.blockers.count) < ($1.weight, $1.blockers.count) }
    }

    /// The nearest in time first, until there are so many.
    private mutating func look(
        _ index: Int,
        _ type: AppointmentType,
        _ besides: Besides,
        _ most: Int,
        _ found: inout Set<RepairPlace>,
        _ candidates: inout [RepairCandidate]
    ) {
        let visit = day.visits[index]
        let length = visit.span.end.seconds(since: visit.span.start)
        let performers = performers(visit, type).map { (id: $0, starts: starts(of: $0, type, length, besides)) }
        let further = visit.further.map { own in alike(own).map { (id: $0, starts: starts(of: $0, type, length, besides)) } }
        // Where the patient, somebody who performs and something of each kind it needs are free, though perhaps not together.
        var possible = load(besides).starts(Demand(patient: visit.patient), seconds: length, inside: [day.clock.whole])
        for some in [performers] + further { possible = possible.intersection(Starts(some.flatMap(\.starts.ranges))) }
        guard !possible.isEmpty else { return }
        for second in grid(visit, length) where possible.contains(second) {
            let start = Instant(seconds: second)
            guard let span = InstantRange(start, start.adding(seconds: length)) else { continue }
            let free = further.map { $0.filter { $0.starts.contains(second) }.map(\.id) }
            for (provider, own) in performers where own.contains(second) {
                for further in combinations(free, without: provider) {
                    let place = RepairPlace(provider: provider, further: further, span: span)
                    if span == visit.span, provider == visit.provider, Set(further) == Set(visit.further) { continue }
                    guard found.insert(place).inserted else { continue }
                    candidates.append(candidate(index, place))
                }
            }
            if candidates.count >= most {
                // What is looked for by itself comes once more with the others.
                isCut = isCut || besides == .fixed
                break
            }
        }
    }

    func candidate(_ index: Int, _ place: RepairPlace) -> RepairCandidate {
        let visit = day.visits[index]
        let had = place.span == visit.span ? Set(visit.cast.map(\.uuid) + [visit.patient.uuid]) : []
        let takes = day.demands(visit, [place.provider] + place.further).map { demand in
            let span = demand.span(for: place.span)
            let isAlone = demand.lanes == 1 || demand.group != nil
            return RepairCandidate.Take(
                holder: demand.holder,
                span: span,
                group: demand.group,
                room: isAlone ? 1 : demand.freeLanes(beside: fixed.occupancies(of: demand.holder, meeting: span)),
                isKept: had.contains(demand.holder)
            )
        }
        var blockers: Set<Int> = []
        for take in takes {
            for other in soft[take.holder] ?? [] where other.visit != index && other.span.overlaps(take.span) {
                blockers.insert(other.visit)
            }
        }
        return RepairCandidate(place: place, takes: takes, weight: RepairWeight.of(place, instead: visit), blockers: blockers)
    }

    func performers(_ visit: RepairDay.Visit, _ type: AppointmentType) -> [ResourceID] {
        if day.keepsProviders { return [visit.provider] }
        return [visit.provider] + (active[.provider] ?? []).filter { $0 != visit.provider && type.mayPerform($0) }
    }

    /// A further resource, and others of its kind.
    private func alike(_ own: ResourceID) -> [ResourceID] {
        [own] + (active[day.resources[own]?.kind ?? .room] ?? []).filter { $0 != own }
    }

    /// Where the visit is, then the steps of the day, nearest first; nothing in the past.
    private func grid(_ visit: RepairDay.Visit, _ length: Int64) -> [Int64] {
        let own = visit.span.start.wholeSeconds(roundedUp: true)
        let earliest = day.now.wholeSeconds(roundedUp: true)
        var seconds = steps
        if !seconds.contains(own) { seconds.append(own) }
        return seconds.filter { $0 >= earliest }.sorted { (abs($0 - own), $0) < (abs($1 - own), $1) }
    }

    /// What a visit could have besides its provider: one of each of these that are free.
    private mutating func combinations(_ free: [[ResourceID]], without provider: ResourceID) -> [[ResourceID]] {
        var all: [[ResourceID]] = [[]]
        for free in free {
            var next: [[ResourceID]] = []
            var seen: Set<Set<ResourceID>> = []
            for head in all {
                for id in free where id != provider && !head.contains(id) && seen.insert(Set(head + [id])).inserted {
                    if next.count == RepairPlaces.combinations {
                        isCut = true
                        break
                    }
                    next.append(head + [id])
                }
            }
            all = next
        }
        return all
    }

    private mutating func starts(of id: ResourceID, _ type: AppointmentType, _ length: Int64, _ besides: Besides) -> Starts {
        let key = Key(resource: id, type: type.id, seconds: length, besides: besides)
        if let known = starts[key] { return known }
        let found = allowed(id, type, length, besides: load(besides))
        starts[key] = found
        return found
    }

    private func load(_ besides: Besides) -> Load {
        switch besides {
        case .everybody: everybody
        case .fixed: fixed
        case .nobody: Load()
        }
    }

    /// Where hours, blocks, outages, allotments and what stays leave room.
    private func allowed(_ id: ResourceID, _ type: AppointmentType, _ length: Int64, besides taken: Load) -> Starts {
        guard let resource = day.resources[id] else { return Starts() }
        let location = day.timetable.hours(of: nil, day.clock)
        let own = day.timetable.hours(of: id, day.clock)
        let hours = own.map { InstantRange.common(location ?? [day.clock.whole], $0) } ?? location ?? open
        let demand = Demand(resource, type)
        var starts = taken.starts(demand, seconds: length, inside: hours)
        let wide = day.clock.whole.widened(by: AppointmentType.bufferRange.upperBound)
        let out = day.outages.filter { $0.resource == nil || $0.resource == id }.map(\.span)
        let blocks = day.timetable.blocks(of: id, meeting: wide).map(\.span) + out
        if !blocks.isEmpty { starts = starts.subtracting(Load.blocked(blocks, demand, length)) }
        if resource.shared {
            let ours = InstantRange.joined(day.allotments[id] ?? []).compactMap {
                InstantRange($0.start.adding(minutes: demand.bufferBefore), $0.end.adding(minutes: -demand.bufferAfter))
            }
            starts = starts.intersection(Starts(of: length, inside: ours))
        }
        return starts
    }

    /// Why a visit has no place. Asked only of those that have none.
    mutating func reason(_ index: Int) -> RepairProposal.Reason {
        let visit = day.visits[index]
        guard visit.isMovable else { return .underWay }
        guard let type = day.types[visit.type] else { return .noPerformer }
        let length = visit.span.end.seconds(since: visit.span.start)
        let earliest = day.now.wholeSeconds(roundedUp: true)
        let performers = performers(visit, type)
        let isAlone = performers.count == 1
        let canBeUsed = performers.contains { id in
            starts(of: id, type, length, .nobody).ranges.contains { $0.upperBound > earliest }
        }
        if canBeUsed,
            visit.further.allSatisfy({ own in
                let kind = day.resources[own]?.kind ?? .room
                return day.resources.values.contains { $0.kind == kind && !starts(of: $0.id, type, length, .nobody).isEmpty }
            })
        {
            return .taken
        }
        return isAlone ? .noPerformer : .noHours
    }
}
