import Postgres
import TestSupport
import Testing
import Values
import Web

@testable import Scheduling

/// Openings of several appointments back to back against trying all ways: none is missed, none is wrong.
@Suite("Openings back to back by brute force")
struct BackToBackTests {
    @Test("on random schedules they are exactly the starts from which each can be booked after the one before")
    func exact() throws {
        var random = Seeded(11)
        var found = 0
        var crowded = 0
        for round in 0..<100 {
            let clinic = try RandomClinic(&random)
            let visit = RandomVisit(clinic, &random)
            var search = BackToBackSearch(visit.parts)
            let openings = try search.all()
            var oracle = BruteVisit(visit, clinic)
            let expected = oracle.everywhere()
            let places = Set(openings.map { BruteVisit.Place($0) })
            #expect(places.count == openings.count)
            #expect(
                places == expected,
                "round \(round): missed \(expected.subtracting(places).count), wrong \(places.subtracting(expected).count)"
            )
            guard places == expected else { break }
            for opening in openings.shuffled(using: &random).prefix(10) { try check(opening, visit, clinic) }
            found += places.count
            crowded += oracle.crowded
        }
        #expect(found > 300, "only \(found) openings in all rounds")
        #expect(crowded > 20, "parts were in each other's way \(crowded) times")
    }

    @Test("more ways than can be tried are refused, not cut short")
    func bounded() throws {
        var random = Seeded(12)
        let clinic = try RandomClinic(&random)
        let visit = RandomVisit(clinic, &random)
        var search = BackToBackSearch(visit.parts, mostSteps: 0)
        #expect(!clinic.search(visit.parts[0].search.type).all().isEmpty)
        let problem = #expect(throws: Problem.self) { try search.all() }
        #expect(problem?.errors.first?.code ?? problem?.code == "too_many_ways")
    }

    /// Books what is shown, part after part.
    private func check(_ opening: Opening, _ visit: RandomVisit, _ clinic: RandomClinic) throws {
        var taken: [Occupancy] = []
        let own = Opening.Part(
            type: visit.parts[0].search.type.id,
            provider: opening.provider,
            resources: opening.resources,
            span: opening.span
        )
        for (part, shown) in zip(visit.parts, [own] + opening.further) {
            let type = part.search.type
            let cast = ([shown.provider] + shown.resources).compactMap { id in clinic.resources.first { $0.id == id } }
            #expect(shown.type == type.id && cast.count == type.needs.count && Set(cast.map(\.id)).count == cast.count)
            let obstacles = clinic.rulebook(type, cast, clinic.patron, besides: taken).obstacles(to: shown.span)
            #expect(obstacles.isEmpty, "\(obstacles.map(\.rule))")
            taken += try BruteVisit.booked(cast, type, shown.span, clinic.taken + taken)
        }
        #expect(opening.further.count == visit.parts.count - 1)
        #expect(opening.waitMinutes == BruteVisit.waits(opening).reduce(0, +))
    }
}

/// Two to four appointments in a row of random types, waits and providers.
struct RandomVisit {
    let parts: [(search: OpeningSearch, within: Int)]

    init(_ clinic: RandomClinic, _ random: inout Seeded) {
        let step = [30, 60].randomElement(using: &random) ?? 60
        let count = [2, 2, 3, 3, 4].randomElement(using: &random) ?? 2
        let part: DayPart? = Int.random(in: 0...3, using: &random) == 0 ? DayPart(from: 60 * 8, until: 60 * 17) : nil
        parts = (0..<count).map { number in
            var type = clinic.type
            if number > 0, Int.random(in: 0...4, using: &random) > 0 {
                type = RandomClinic.type(clinic.resources, &random)
                type.id = AppointmentTypeID(UUID(high: 21, low: UInt64(number)))
            }
            // Short ones, so that several fit; with more minutes between them than there is waiting.
            type.minutes = 5 * Int.random(in: 1...6, using: &random)
            var search = clinic.search(type)
            search.step = step
            search.part = part
            if Int.random(in: 0...4, using: &random) == 0 {
                search.providers = Set(clinic.providers.shuffled(using: &random).prefix(2).map(\.id))
            }
            return (search, [0, 0, 5, 15].randomElement(using: &random) ?? 0)
        }
    }
}

/// Tries every way to book a visit.
struct BruteVisit {
    struct Place: Hashable {
        let provider: ResourceID
        let start: Instant

        init(_ opening: Opening) {
            provider = opening.provider
            start = opening.startsAt
        }

        init(_ provider: ResourceID, _ start: Instant) {
            self.provider = provider
            self.start = start
        }
    }

    private struct Question: Hashable {
        let part: Int
        let cast: [ResourceID]
        let start: Instant
    }

    private let visit: RandomVisit
    private let clinic: RandomClinic
    private let casts: [[[Resource]]]
    private var allowed: [Question: Bool] = [:]
    private var rulebooks: [Question: Rulebook] = [:]
    /// How often a part was kept from a place by those before it.
    private(set) var crowded = 0

    init(_ visit: RandomVisit, _ clinic: RandomClinic) {
        self.visit = visit
        self.clinic = clinic
        casts = visit.parts.map { part in
            part.search.performers.flatMap { provider in
                BruteVisit.casts([provider], part.search.type.missing(from: [.provider]), clinic.resources[...])
            }
        }
    }

    /// Every choice of what is still needed.
    private static func casts(_ cast: [Resource], _ missing: [Resource.Kind], _ rest: ArraySlice<Resource>) -> [[Resource]] {
        guard !missing.isEmpty else { return [cast] }
        return rest.indices.flatMap { index -> [[Resource]] in
            guard let kind = missing.firstIndex(of: rest[index].kind), !cast.contains(where: { $0.id == rest[index].id }) else { return [] }
            var fewer = missing
            fewer.remove(at: kind)
            return casts(cast + [rest[index]], fewer, rest[(index + 1)...])
        }
    }

    /// Every place of the first part from which there is a way.
    mutating func everywhere() -> Set<Place> {
        var found: Set<Place> = []
        let first = visit.parts[0].search
        for provider in first.performers {
            for day in clinic.clock.days {
                let whole = clinic.clock.span(of: day)
                for number in 0..<Int(whole.end.seconds(since: whole.start) / 60) / first.step {
                    let start = whole.start.adding(minutes: number * first.step)
                    guard start >= clinic.now else { continue }
                    for cast in casts[0] where cast[0].id == provider.id {
                        if hasWay(0, cast, at: start, []) { found.insert(Place(provider.id, start)) }
                    }
                }
            }
        }
        return found
    }

    /// Whether a part can be booked here, and the others can follow in any way.
    private mutating func hasWay(_ number: Int, _ cast: [Resource], at start: Instant, _ taken: [Occupancy]) -> Bool {
        let search = visit.parts[number].search
        guard let span = InstantRange(start, start.adding(minutes: search.minutes)), mayBe(number, cast, span) else { return false }
        let demands = cast.map { Demand($0, search.type) }
        guard Diary(clinic.taken + taken, in: clinic.clock.whole).conflicts(demands, span).isEmpty else {
            crowded += 1
            return false
        }
        guard number + 1 < visit.parts.count else { return true }
        guard let more = try? BruteVisit.booked(cast, search.type, span, clinic.taken + taken) else { return false }
        for wait in stride(from: 0, through: visit.parts[number + 1].within, by: 5) {
            for next in casts[number + 1] where hasWay(number + 1, next, at: span.end.adding(minutes: wait), taken + more) { return true }
        }
        return false
    }

    /// Whether it could be booked if nothing of the visit was before it.
    private mutating func mayBe(_ number: Int, _ cast: [Resource], _ span: InstantRange) -> Bool {
        let question = Question(part: number, cast: cast.map(\.id), start: span.start)
        if let known = allowed[question] { return known }
        let whenever = Question(part: number, cast: question.cast, start: .blank)
        let search = visit.parts[number].search
        let rulebook = rulebooks[whenever] ?? clinic.rulebook(search.type, cast, clinic.patron)
        rulebooks[whenever] = rulebook
        let may = clinic.isAsked(span, cast[0], search) && span.start >= clinic.now && rulebook.obstacles(to: span).isEmpty
        allowed[question] = may
        return may
    }

    /// What booking takes: of each the lowest lane that is free.
    static func booked(_ cast: [Resource], _ type: AppointmentType, _ span: InstantRange, _ taken: [Occupancy]) throws -> [Occupancy] {
        try cast.map { resource in
            let demand = Demand(resource, type)
            let own = demand.span(for: span)
            let there = taken.filter { $0.holder == demand.holder && $0.span.overlaps(own) }
            let lane = demand.lanes == 1 ? nil : demand.freeLane(beside: there)
            let lanes = try #require(Int4Range(Int32(lane ?? 0), lane.map { Int32($0 + 1) }))
            return Occupancy(appointment: .blank, holder: demand.holder, lanes: lanes, span: own, type: type.id, sharing: type.sharing)
        }
    }

    static func waits(_ opening: Opening) -> [Int] {
        zip(opening.further, [opening.span] + opening.further.map(\.span)).map { Int($0.span.start.seconds(since: $1.end) / 60) }
    }
}
