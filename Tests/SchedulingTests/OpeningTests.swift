import Postgres
import Testing
import Values

@testable import Scheduling

/// Openings against looking everywhere: none is missed, none is wrong.
@Suite("Openings by brute force")
struct OpeningTests {
    private struct Place: Hashable {
        let provider: ResourceID
        let start: Instant
    }

    @Test("on random schedules openings are exactly the times that the rules of booking allow")
    func exact() throws {
        var random = Seeded(5)
        var found = 0
        for round in 0..<250 {
            let clinic = try RandomClinic(&random)
            var search = clinic.search(clinic.type)
            search.step = [15, 30, 45, 60, 120, 240].randomElement(using: &random) ?? 15
            if Bool.random(using: &random) { search.weekdays = [2, 3, 6, 7] }
            if Bool.random(using: &random) { search.part = DayPart(from: 60 * Int.random(in: 4...10, using: &random), until: 60 * 17) }
            let openings = search.all()
            let places = Set(openings.map { Place(provider: $0.provider, start: $0.startsAt) })
            #expect(places.count == openings.count)
            let expected = everywhere(clinic, search)
            #expect(
                places == expected,
                "round \(round): missed \(expected.subtracting(places).count), wrong \(places.subtracting(expected).count)"
            )
            found += places.count
            guard places == expected else { break }
            for opening in search.completed(Array(openings.shuffled(using: &random).prefix(10))) { try check(opening, clinic) }
        }
        #expect(found > 2000, "only \(found) openings in all rounds")
    }

    @Test("whether rules allow a time is the same as whether they name an obstacle")
    func allowing() throws {
        var random = Seeded(6)
        for _ in 0..<200 {
            let clinic = try RandomClinic(&random)
            let rulebook = clinic.rulebook(clinic.type, clinic.providers.prefix(1) + clinic.resources.suffix(2), clinic.patron)
            let steps = Int(clinic.clock.whole.end.seconds(since: clinic.clock.whole.start) / 300)
            for _ in 0..<40 {
                let start = clinic.clock.whole.start.adding(minutes: 5 * Int.random(in: 0..<steps, using: &random))
                let span = try #require(InstantRange(start, start.adding(minutes: clinic.type.minutes)))
                #expect(rulebook.allows(span) == (rulebook.restrictions(on: span).count == rulebook.standing.count))
            }
        }
    }

    /// Asks the rules of booking at every step of every day.
    private func everywhere(_ clinic: RandomClinic, _ search: OpeningSearch) -> Set<Place> {
        var places: Set<Place> = []
        let free = Dictionary(uniqueKeysWithValues: clinic.resources.map { ($0.id, clinic.rulebook(clinic.type, [$0], nil)) })
        let alone: Set<Obstacle.Rule> = [.resourceMissing, .performer]
        for provider in search.performers {
            let own = clinic.rulebook(clinic.type, [provider], clinic.patron)
            for day in clinic.clock.days {
                let whole = clinic.clock.span(of: day)
                for minute in 0..<Int(whole.end.seconds(since: whole.start) / 60) {
                    let start = whole.start.adding(minutes: minute)
                    guard RandomClinic.zone.wallClock(at: start).time.minutes % search.step == 0 else { continue }
                    guard let span = InstantRange(start, start.adding(minutes: search.minutes)), start >= clinic.now,
                        clinic.isAsked(span, provider, search),
                        own.obstacles(to: span).allSatisfy({ $0.rule == .resourceMissing })
                    else { continue }
                    let isComplete = Set(clinic.type.needs).allSatisfy { kind in
                        let needed = clinic.type.needs.count { $0 == kind } - (kind == .provider ? 1 : 0)
                        let there = clinic.resources.count { resource in
                            resource.kind == kind && resource.id != provider.id
                                && free[resource.id]?.obstacles(to: span).allSatisfy { alone.contains($0.rule) } == true
                        }
                        return there >= needed
                    }
                    if isComplete { places.insert(Place(provider: provider.id, start: start)) }
                }
            }
        }
        return places
    }

    /// The resources an opening names are what the type needs, and free.
    private func check(_ opening: Opening, _ clinic: RandomClinic) throws {
        let cast = ([opening.provider] + opening.resources).compactMap { id in clinic.resources.first { $0.id == id } }
        #expect(cast.count == clinic.type.needs.count)
        let obstacles = clinic.rulebook(clinic.type, cast, clinic.patron).obstacles(to: opening.span)
        #expect(obstacles.isEmpty, "\(obstacles.map(\.rule))")
    }
}

@Suite("The order of openings")
struct OpeningOrderTests {
    private func opening(_ provider: UInt64, _ from: String, _ until: String, gap: Int, load: Int) throws -> Opening {
        Opening(provider: ResourceID(holder(provider)), resources: [], span: try span(from, until), gapMinutes: gap, loadMinutes: load)
    }

    @Test("the best waste nothing beside them, then the least busy provider comes, then the earliest")
    func orders() throws {
        let early = try opening(1, "08:00", "08:30", gap: 15, load: 0)
        let tight = try opening(1, "10:00", "10:30", gap: 0, load: 60)
        let idle = try opening(2, "11:00", "11:30", gap: 0, load: 0)
        #expect([early, tight, idle].sorted(by: OpeningOrder.best.comes) == [idle, tight, early])
        #expect([idle, tight, early].sorted(by: OpeningOrder.earliest.comes) == [early, tight, idle])
        #expect([tight, idle, early].sorted(by: OpeningOrder.balanced.comes) == [idle, early, tight])
    }

    @Test("the first few are the same as the first of all that are sorted")
    func first() throws {
        var random = Seeded(13)
        for order in OpeningOrder.allCases {
            let openings = try (0..<200).map { _ in
                let start = Int.random(in: 0...9, using: &random)
                return try opening(
                    UInt64.random(in: 1...3, using: &random),
                    "0\(start):00",
                    "0\(start):30",
                    gap: 5 * Int.random(in: 0...3, using: &random),
                    load: 30 * Int.random(in: 0...3, using: &random)
                )
            }
            let sorted = openings.sorted(by: order.comes)
            for count in [0, 1, 20, 200, 300] { #expect(order.first(count, of: openings) == Array(sorted.prefix(count))) }
        }
    }

    @Test("what meets more of the patient's preferences comes first, and nothing is left out for them")
    func preferences() throws {
        let monday = TimeZoneRules(.utc)
        let early = try opening(1, "08:00", "08:30", gap: 0, load: 0)
        let late = try opening(2, "16:00", "16:30", gap: 45, load: 60)
        var prefer = Preferences()
        prefer.providers = [ProviderID(holder(2))]
        prefer.weekdays = [1]
        prefer.fromTime = TimeOfDay("15:00")
        let counted = try prefer.counted(in: [early, late], monday)
        #expect(counted.map(\.preferencesMet) == [1, 3])
        #expect(OpeningOrder.best.first(2, of: counted).map(\.provider) == [late, early].map(\.provider))
        #expect(OpeningOrder.earliest.first(2, of: counted).map(\.provider) == [early, late].map(\.provider))
        prefer.untilTime = TimeOfDay("16:15")
        #expect(try prefer.counted(in: [late], monday).map(\.preferencesMet) == [2])
        prefer.untilTime = TimeOfDay("14:00")
        #expect(throws: Problem.self) { try prefer.counted(in: [late], monday) }
    }
}
