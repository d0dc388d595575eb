import Postgres
import Values

extension RepairProposal {
    /// Searches, and asks the rules of booking about every move in the order it will be applied in; a visit they refuse stays where it is.
    init(_ day: RepairDay, patience: Int = RepairSearch.patience) {
        var forced: Set<AppointmentID> = []
        for _ in 0..<RepairProposal.rounds {
            var search = RepairSearch(day, patience: patience, forced: forced)
            let (moves, isBest) = search.run()
            let refused = RepairProposal.refused(moves, day)
            if refused.isEmpty {
                self.init(day, moves, isBest: isBest && forced.isEmpty) { search.reason($0) }
                return
            }
            forced.formUnion(refused)
        }
        var search = RepairSearch(day, patience: 0)
        self.init(day, [:], isBest: false) { search.reason($0) }
    }

    private static let rounds = 5

    private init(_ day: RepairDay, _ moves: [Int: RepairPlace], isBest: Bool, reason: (Int) -> Reason) {
        items = day.visits.indices.map { index in
            let visit = day.visits[index]
            let isAffected = day.isAffected(visit)
            var item = Item(visit: visit, isAffected: isAffected, verdict: isAffected ? .stuck : .kept)
            if let place = moves[index] {
                item.verdict = .moved
                item.to = place
            } else if isAffected {
                item.reason = reason(index)
            }
            return item
        }
        self.isBest = isBest
    }

    /// What is asked again of a visit that moves within its day: not what its type says of patients and lead times.
    static let settled: Set<Obstacle.Rule> = [
        .resourceInactive, .resourceMissing, .typeInactive, .newPatientsOnly, .returningPatientsOnly, .leadTime, .horizon,
    ]

    /// The visits whose move a rule is against when all are made one after another.
    private static func refused(_ moves: [Int: RepairPlace], _ day: RepairDay) -> Set<AppointmentID> {
        let moving = Set(moves.keys.map { day.visits[$0].id })
        var taken = day.taken.filter { !moving.contains($0.appointment) }
        let window = day.clock.whole.widened(by: 2 * AppointmentType.bufferRange.upperBound + AppointmentType.minutesRange.upperBound)
        var refused: Set<AppointmentID> = []
        let order = moves.map { (visit: day.visits[$0.key], place: $0.value) }
        for (visit, place) in order.sorted(by: { ($0.place.span.start, $0.visit.id) < ($1.place.span.start, $1.visit.id) }) {
            guard let type = day.types[visit.type] else { continue }
            let cast = ([place.provider] + place.further).compactMap { day.resources[$0] }
            var rulebook = Rulebook(
                type: type,
                patron: Patron(id: visit.patient, isReturning: true),
                cast: cast,
                timetable: day.timetable,
                diary: Diary(taken, in: window),
                now: day.now
            )
            rulebook.allotments = day.allotments
            var settled = settled
            if place.provider == visit.provider { settled.insert(.performer) }
            guard rulebook.obstacles(to: place.span).allSatisfy({ settled.contains($0.rule) }) else {
                refused.insert(visit.id)
                continue
            }
            for demand in rulebook.demands {
                let span = demand.span(for: place.span)
                let lane = lowestLane(taken.filter { $0.holder == demand.holder && $0.span.overlaps(span) }, demand)
                guard let lane else { continue }
                taken.append(
                    Occupancy(
                        appointment: visit.id,
                        holder: demand.holder,
                        lanes: lane,
                        span: span,
                        type: visit.type,
                        sharing: type.sharing
                    )
                )
            }
        }
        return refused
    }
}

/// The lane that booking takes.
private func lowestLane(_ overlapping: [Occupancy], _ demand: Demand) -> Int4Range? {
    guard demand.lanes > 1 else { return Int4Range(0, nil) }
    return demand.freeLane(beside: overlapping).map { Int32(clamping: $0) }.flatMap { Int4Range($0, $0 + 1) }
}
