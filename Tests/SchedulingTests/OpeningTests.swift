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
            var search = search(clinic)
            search.step = [15, 30, 60].randomElement(using: &random) ?? 15
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
            let rulebook = rulebook(clinic, clinic.providers.prefix(1) + clinic.resources.suffix(2), clinic.patron)
            let steps = Int(clinic.clock.whole.end.seconds(since: clinic.clock.whole.start) / 300)
            for _ in 0..<40 {
                let start = clinic.clock.whole.start.adding(minutes: 5 * Int.random(in: 0..<steps, using: &random))
                let span = try #require(InstantRange(start, start.adding(minutes: clinic.type.minutes)))
                #expect(rulebook.allows(span) == (rulebook.restrictions(on: span).count == rulebook.standing.count))
            }
        }
    }

    private func search(_ clinic: RandomClinic) -> OpeningSearch {
        OpeningSearch(
            type: clinic.type,
            minutes: clinic.type.minutes,
            resources: clinic.resources,
            patron: clinic.patron,
            timetable: clinic.timetable,
            load: Load(clinic.taken),
            clock: clinic.clock,
            now: clinic.now
        )
    }

    private func rulebook(_ clinic: RandomClinic, _ cast: some Sequence<Resource>, _ patron: Patron?) -> Rulebook {
        let window = clinic.clock.whole.widened(by: 300)
        return Rulebook(
            type: clinic.type,
            patron: patron,
            cast: Array(cast),
            timetable: clinic.timetable,
            diary: Diary(clinic.taken, in: window),
            now: clinic.now
        )
    }

    /// Asks the rules of booking at every step of every day.
    private func everywhere(_ clinic: RandomClinic, _ search: OpeningSearch) -> Set<Place> {
        var places: Set<Place> = []
        let free = Dictionary(uniqueKeysWithValues: clinic.resources.map { ($0.id, rulebook(clinic, [$0], nil)) })
        let alone: Set<Obstacle.Rule> = [.resourceMissing, .performer]
        for provider in search.performers {
            let own = rulebook(clinic, [provider], clinic.patron)
            for day in clinic.clock.days {
                let whole = clinic.clock.span(of: day)
                for number in 0..<Int(whole.end.seconds(since: whole.start) / 60) / search.step {
                    let start = whole.start.adding(minutes: number * search.step)
                    guard let span = InstantRange(start, start.adding(minutes: search.minutes)), start >= clinic.now,
                        isAsked(span, provider, clinic, search),
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

    /// Minute by minute: a day that is asked for, a time that is asked for, the usual hours where none are set.
    private func isAsked(_ span: InstantRange, _ provider: Resource, _ clinic: RandomClinic, _ search: OpeningSearch) -> Bool {
        let first = clinic.timetable.rules.wallClock(at: span.start).day
        return stride(from: 0, to: search.minutes, by: 5).map { span.start.adding(minutes: $0) }.allSatisfy { moment in
            let (day, time) = clinic.timetable.rules.wallClock(at: moment)
            guard clinic.clock.whole.start <= moment, moment < clinic.clock.whole.end else { return false }
            guard search.weekdays.isEmpty || search.weekdays.contains(day.weekday) else { return false }
            if let part = search.part, !(part.from..<part.until).contains(time.minutes) || day != first { return false }
            return clinic.timetable.isSet([provider.id], on: day) || (420..<1140).contains(time.minutes)
        }
    }

    /// The resources an opening names are what the type needs, and free.
    private func check(_ opening: Opening, _ clinic: RandomClinic) throws {
        let cast = ([opening.provider] + opening.resources).compactMap { id in clinic.resources.first { $0.id == id } }
        #expect(cast.count == clinic.type.needs.count)
        let obstacles = rulebook(clinic, cast, clinic.patron).obstacles(to: opening.span)
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
}
