import Postgres
import Testing
import Values
import Web

@testable import Scheduling

@Suite("Repairing a day")
struct RepairSearchTests {
    private func weight(_ proposal: RepairProposal) -> Int {
        proposal.items.reduce(0) { sum, item in
            if let to = item.to { return sum + RepairWeight.of(to, instead: item.visit) }
            return sum + (item.verdict == .stuck && item.visit.isMovable ? RepairWeight.stuck : 0)
        }
    }

    @Test("on small days a proposal costs exactly what the best of all ways costs")
    func best() throws {
        var random = Seeded(17)
        var (moved, stuck, others) = (0, 0, 0)
        for round in 0..<90 {
            // Every third day is nearly full: somebody whom nothing forces must make room.
            let isFull = round.isMultiple(of: 3)
            var day = try RandomDay(&random, providers: isFull ? 2 : 3, visits: isFull ? 9 : 6, hours: isFull ? 9...12 : 9...13).day
            day.othersAtMost = isFull ? 1 : Int.random(in: 0...1, using: &random)
            let proposal = RepairProposal(day, patience: 2_000_000)
            #expect(proposal.isBest, "round \(round)")
            var brute = BruteRepair(day)
            let least = brute.leastWeight()
            #expect(weight(proposal) == least, "round \(round)")
            checkRules(proposal, day)
            moved += proposal.moved
            stuck += proposal.stuck
            others += proposal.items.count { !$0.isAffected && $0.verdict == .moved }
        }
        #expect(moved > 30 && stuck > 3 && others > 0, "moved \(moved), stuck \(stuck), others \(others)")
    }

    @Test("a day of 20 providers is repaired within a second, against no rule")
    func large() throws {
        var random = Seeded(3)
        var day = try RandomDay(&random, providers: 20, rooms: 15, visits: 420, hours: 8...17, step: 15).day
        #expect(day.visits.count > 180, "\(day.visits.count) visits")
        day.now = day.clock.whole.start
        let busiest = try #require(
            Dictionary(grouping: day.visits, by: \.provider).max { ($0.value.count, $0.key) < ($1.value.count, $1.key) }?.key
        )
        let from = day.clock.whole.start.adding(minutes: 600)
        day.outages = [Outage(resource: busiest, span: try #require(InstantRange(from, from.adding(minutes: 300))))]
        let began = ContinuousClock.now
        let proposal = RepairProposal(day)
        let took = ContinuousClock.now - began
        print(
            "repair: \(day.visits.count) visits, \(proposal.affected) affected, \(proposal.moved) moved, \(proposal.stuck) stuck, \(took)"
        )
        #expect(took < .seconds(1))
        #expect(proposal.affected > 3 && proposal.moved > 0)
        checkRules(proposal, day)
    }

    @Test("with all rooms but two out, a hundred visits are too many to search through: those for whom there is room move all the same")
    func crowded() throws {
        var random = Seeded(3)
        var day = try RandomDay(&random, providers: 20, rooms: 20, visits: 1200, hours: 6...22, step: 15).day
        day.now = day.clock.whole.start
        day.step = 5
        let rooms = day.resources.values.filter { $0.kind == .room }.map(\.id).sorted()
        day.outages = rooms.dropFirst(2).map { Outage(resource: $0, span: day.clock.whole) }
        let proposal = RepairProposal(day)
        #expect(proposal.affected > 90, "\(proposal.affected) affected")
        #expect(proposal.moved > 0 && proposal.stuck > 0, "\(proposal.moved) moved, \(proposal.stuck) stuck")
        checkRules(proposal, day)
    }

    @Test("who has arrived is not moved, and the reason is told; with nobody else to perform it the reason is that")
    func reasons() throws {
        var random = Seeded(8)
        var day = try RandomDay(&random, providers: 1, rooms: 1, visits: 1).day
        let visit = try #require(day.visits.first)
        day.now = day.clock.whole.start
        func proposed(_ status: Appointment.Status) throws -> RepairProposal.Item {
            var day = day
            day.visits = [
                RepairDay.Visit(
                    id: visit.id,
                    version: 1,
                    patient: visit.patient,
                    type: visit.type,
                    provider: visit.provider,
                    further: visit.further,
                    span: visit.span,
                    status: status
                )
            ]
            day.outages = [Outage(resource: visit.provider, span: day.clock.whole)]
            return try #require(RepairProposal(day).items.first)
        }
        #expect(try proposed(.arrived).reason == .underWay)
        #expect(try proposed(.booked).reason == .noPerformer)
        #expect(try proposed(.booked).verdict == .stuck)
    }

    @Test("visits that share a device or a provider go together to where two may be at once: nobody gets another time for it")
    func together() throws {
        var day = try FullDay().day
        (day.visits, day.taken, day.now) = ([], [], day.clock.whole.start)
        let (device, other) = (ResourceID(holder(200)), ResourceID(holder(201)))
        let sharing = try #require(day.types.values.first { $0.doubleBooking == .lanes })
        var scanning = try #require(day.types.values.first { $0.needs.contains(.device) })
        scanning.performers = []
        day.types[scanning.id] = scanning
        for number in 1...2 { try FullDay.add(scanning, ResourceID(holder(UInt64(number))), [device], UInt64(number), 600, &day) }
        day.outages = [Outage(resource: device, span: day.clock.whole)]
        let scanned = RepairProposal(day)
        #expect(scanned.moved == 2 && scanned.disturbed == 0, "\(scanned.items.map(\.to))")
        #expect(scanned.items.allSatisfy { $0.to?.further == [other] || $0.to?.further == [ResourceID(holder(202))] })
        // Only one other is left, and those who share a provider keep them.
        day.resources[ResourceID(holder(202))] = nil
        var shared = sharing
        shared.needs = [.provider, .device]
        day.types[shared.id] = shared
        (day.visits, day.taken) = ([], [])
        for patient: UInt64 in 1...2 { try FullDay.add(shared, ResourceID(holder(1)), [device], patient, 600, &day) }
        let kept = RepairProposal(day)
        #expect(kept.moved == 2 && kept.disturbed == 0, "\(kept.items.map(\.to))")
        // Where two may be, a third finds nothing at the same time.
        try FullDay.add(scanning, ResourceID(holder(2)), [other], 3, 600, &day)
        let crowded = RepairProposal(day)
        #expect(crowded.moved == 2 && crowded.disturbed == 1, "\(crowded.items.map(\.to))")
    }

    /// All that was decided, put into an empty diary in one go: nobody meets, and no rule is against a move.
    private func checkRules(_ proposal: RepairProposal, _ day: RepairDay) {
        let window = day.clock.whole.widened(by: 300)
        var taken: [Occupancy] = []
        for item in proposal.items.sorted(by: { $0.verdict == .kept && $1.verdict != .kept }) {
            let place = item.to ?? RepairPlace(provider: item.visit.provider, further: item.visit.further, span: item.visit.span)
            let demands = day.demands(item.visit, [place.provider] + place.further)
            #expect(Diary(taken, in: window).conflicts(demands, place.span).isEmpty)
            if item.verdict == .moved, let type = day.types[item.visit.type] {
                let rulebook = Rulebook(
                    type: type,
                    patron: nil,
                    cast: ([place.provider] + place.further).compactMap { day.resources[$0] },
                    timetable: day.timetable,
                    diary: Diary([], in: window),
                    now: day.now
                )
                let settled = RepairProposal.settled.union(place.provider == item.visit.provider ? [.performer] : [])
                #expect(rulebook.restrictions(on: place.span).allSatisfy { settled.contains($0.rule) })
                #expect(place.span.start >= day.now)
            }
            guard let lanes = Int4Range(0, nil) else { continue }
            taken += demands.map {
                Occupancy(
                    appointment: item.visit.id,
                    holder: $0.holder,
                    lanes: lanes,
                    span: $0.span(for: place.span),
                    type: item.visit.type
                )
            }
        }
    }
}
