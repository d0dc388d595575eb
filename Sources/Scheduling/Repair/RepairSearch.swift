import Postgres
import Values

/// Proposes moves for the visits an outage touches: the fewest patients without a place, then the fewest disturbed, then the smallest shifts. Branch
/// and bound: exact when it ends by itself, which small days always do; a large day stops at a number of steps, with the best found until then. A
/// patient whom no outage touches is moved only to make room for one who would have none, and never left without a place.
struct RepairSearch {
    /// Places that are looked at: well under a second, also of a slow machine.
    static let patience = 20_000

    private let day: RepairDay
    private let affected: [Int]
    private let patience: Int
    private var places: RepairPlaces
    private var known: [Int: [RepairCandidate]] = [:]
    /// Those of them that move nobody else: where nobody else may be moved the others are not even looked at.
    private var alone: [Int: [RepairCandidate]] = [:]
    private var best: [Int: RepairCandidate] = [:]
    private var bestWeight = Int.max
    private var steps = 0
    /// What is decided on the way to where the search is, and by calendar the time that takes.
    private var decided: [(visit: Int, candidate: RepairCandidate)] = []
    private var given: [UUID: [RepairCandidate.Take]] = [:]
    /// How many others may move, and when to stop, in the pass that is under way.
    private var othersAtMost = 0
    private var stop = 0

    init(_ day: RepairDay, patience: Int = RepairSearch.patience, forced: Set<AppointmentID> = []) {
        self.day = day
        self.patience = patience
        let touched = day.visits.indices.filter { day.visits[$0].isMovable && day.isAffected(day.visits[$0]) }
        affected = touched.filter { !forced.contains(day.visits[$0].id) }
        places = RepairPlaces(
            day,
            homeless: Set(affected),
            yielding: day.othersAtMost > 0 ? RepairSearch.yielding(day, without: Set(touched)) : []
        )
    }

    /// Those who may make room: they have their resources alone, so that what they leave is free.
    private static func yielding(_ day: RepairDay, without affected: Set<Int>) -> Set<Int> {
        let shared = Set(day.taken.filter { $0.lanes.upper != nil }.map(\.appointment))
        return Set(
            day.visits.indices.filter {
                !affected.contains($0) && day.visits[$0].isMovable && !shared.contains(day.visits[$0].id)
                    && day.visits[$0].span.start > day.now
            }
        )
    }

    /// The moves by visit, and whether none better exist. Without any, every affected visit stays where it is.
    mutating func run() -> (moves: [Int: RepairPlace], isBest: Bool) {
        let order = affected.map { ($0, candidates($0).count) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
        (best, bestWeight) = simple(order)
        // First without moving anybody else: a good answer soon, which the second pass only has to better.
        othersAtMost = 0
        stop = day.othersAtMost == 0 ? patience : patience / 2
        let least = order.reduce(0) { $0 + self.least($1) }
        descend(order[...], [], 0, least)
        if day.othersAtMost > 0 {
            othersAtMost = day.othersAtMost
            stop = patience
            descend(order[...], [], 0, least)
        }
        let moves = best.compactMapValues { $0.weight >= RepairWeight.stuck ? nil : $0.place }
        return (moves, steps < patience && !places.isCut)
    }

    /// A whole answer before the search, which might end before it has one: each in turn takes the cheapest place that nobody has and nobody was
    /// given. Who has moved leaves room, so those who found none look once more.
    private mutating func simple(_ order: [Int]) -> (answer: [Int: RepairCandidate], weight: Int) {
        var answer: [Int: RepairCandidate] = [:]
        var taken: [UUID: [(visit: Int, take: RepairCandidate.Take)]] = [:]
        func take(_ index: Int, _ candidate: RepairCandidate) {
            for take in answer[index]?.takes ?? [] { taken[take.holder]?.removeAll { $0.visit == index } }
            for take in candidate.takes { taken[take.holder, default: []].append((index, take)) }
            answer[index] = candidate
        }
        for index in order { take(index, stay(index)) }
        for _ in 1...2 {
            for index in order where answer[index]?.weight == RepairWeight.stuck {
                let place = candidates(index).first { candidate in
                    candidate.weight < RepairWeight.stuck && candidate.blockers.isEmpty
                        && candidate.takes.allSatisfy { take in
                            take.fits(beside: (taken[take.holder] ?? []).lazy.filter { $0.visit != index }.map(\.take))
                        }
                }
                if let place { take(index, place) }
            }
        }
        return (answer, answer.values.reduce(0) { $0 + $1.weight })
    }

    mutating func reason(_ index: Int) -> RepairProposal.Reason { places.reason(index) }

    private mutating func candidates(_ index: Int) -> [RepairCandidate] {
        if let found = known[index] { return found }
        var found = places.of(index)
        // Of those who do not yield others need nothing; who has no place stays, and what they have is not free.
        if affected.contains(index) { found.append(stay(index)) }
        known[index] = found
        alone[index] = found.filter(\.blockers.isEmpty)
        return found
    }

    private mutating func least(_ index: Int) -> Int { candidates(index).first?.weight ?? RepairWeight.stuck }

    private func stay(_ index: Int) -> RepairCandidate {
        let visit = day.visits[index]
        let place = RepairPlace(provider: visit.provider, further: visit.further, span: visit.span)
        let takes = places.candidate(index, place).takes
        return RepairCandidate(place: place, takes: takes, weight: RepairWeight.stuck, blockers: [])
    }

    /// - Parameter least: What those who are pending cost at least, together.
    private mutating func descend(
        _ pending: ArraySlice<Int>,
        _ moved: Set<Int>,
        _ weight: Int,
        _ least: Int
    ) {
        guard let index = pending.first else {
            if weight < bestWeight {
                bestWeight = weight
                best = Dictionary(decided.map { ($0.visit, $0.candidate) }, uniquingKeysWith: { first, _ in first })
            }
            return
        }
        let rest = pending.dropFirst()
        let others = least - self.least(index)
        let bound = weight + others
        for candidate in othersAtMost > 0 ? candidates(index) : alone[index] ?? [] {
            guard bound + candidate.weight < bestWeight else { return }
            guard steps < stop else { return }
            steps += 1
            let disturbed = candidate.blockers.subtracting(moved)
            guard moved.count + disturbed.count <= othersAtMost else { continue }
            guard isFree(candidate) else { continue }
            let leastOfAll = disturbed.reduce(others) { $0 + self.least($1) }
            decided.append((index, candidate))
            for take in candidate.takes { given[take.holder, default: []].append(take) }
            descend(ArraySlice(disturbed.sorted()) + rest, moved.union(disturbed), weight + candidate.weight, leastOfAll)
            for take in candidate.takes { given[take.holder]?.removeLast() }
            decided.removeLast()
        }
    }

    private func isFree(_ candidate: RepairCandidate) -> Bool {
        candidate.takes.allSatisfy { $0.fits(beside: given[$0.holder] ?? []) }
    }
}
