import Postgres
import TestSupport
import Testing
import Values

@testable import Scheduling

/// Looks at what is proposed with nothing but whole minutes and the words of the rules: nothing of the search, the rulebook or the diary is used.
@Suite("What a repair of a full day proposes")
struct RepairConstraintTests {
    /// A visit where it is to be.
    private struct Placed {
        let number: Int
        let visit: RepairDay.Visit
        let type: AppointmentType
        let cast: [ResourceID]
        let from: Int
        let until: Int
        let isMoved: Bool
    }

    /// Who is at a calendar, in minutes, with those that are kept around.
    private struct Use {
        let number: Int
        let type: AppointmentType
        let from: Int
        let until: Int
    }

    @Test(
        "no rule is broken: types, skills, rooms, lanes, hours, breaks, patients; ten seconds of a debug build are enough"
    )
    func constraints() throws {
        let full = try FullDay()
        let day = full.day
        #expect(day.visits.count == 600)
        var found: RepairProposal?
        let took = processorTime { found = RepairProposal(day) }
        let proposal = try #require(found)
        print("repair of a full day: \(proposal.affected) affected, \(proposal.moved) moved, \(proposal.stuck) stuck, \(took)")
        // Of a debug build, which is about twenty times slower.
        #expect(took < .seconds(10))
        #expect(proposal.affected == 20 && proposal.moved == 20)
        let placed = proposal.items.enumerated().compactMap { place($0, $1, day) }
        #expect(placed.count == 600)
        for one in placed where one.isMoved {
            let faults = faults(of: one, full)
            #expect(faults.isEmpty, "\(one.number): \(faults)")
        }
        let crowded = crowds(placed, day)
        #expect(crowded.isEmpty, "\(crowded.prefix(5))")
    }

    private func place(_ number: Int, _ item: RepairProposal.Item, _ day: RepairDay) -> Placed? {
        guard let type = day.types[item.visit.type] else { return nil }
        let span = item.to?.span ?? item.visit.span
        let start = Int(span.start.seconds(since: day.clock.whole.start) / 60)
        return Placed(
            number: number,
            visit: item.visit,
            type: type,
            cast: item.to.map { [$0.provider] + $0.further } ?? [item.visit.provider] + item.visit.further,
            from: start,
            until: start + Int(span.end.seconds(since: span.start) / 60),
            isMoved: item.verdict == .moved
        )
    }

    /// What is against a move by itself.
    private func faults(of one: Placed, _ full: FullDay) -> [String] {
        let day = full.day
        var faults: [String] = []
        if one.until - one.from != one.type.minutes { faults.append("another length") }
        if one.from % day.step != 0 { faults.append("between the steps") }
        if one.from < 540 { faults.append("in the past") }
        if one.from < FullDay.open.lowerBound || one.until > FullDay.open.upperBound { faults.append("closed") }
        if let own = full.hours[one.cast[0]], one.from < own.lowerBound || one.until > own.upperBound { faults.append("not at work") }
        if !one.type.performers.isEmpty, !one.type.performers.map(\.uuid).contains(one.cast[0].uuid) { faults.append("cannot perform it") }
        let kinds = one.cast.compactMap { day.resources[$0]?.kind.rawValue }
        if kinds.sorted() != one.type.needs.map(\.rawValue).sorted() { faults.append("not what it needs: \(kinds)") }
        if Set(one.cast).count != one.cast.count { faults.append("the same twice") }
        let (from, until) = (one.from - one.type.bufferBefore, one.until + one.type.bufferAfter)
        if one.cast[0].uuid == holder(1), from < 900, until > 600 { faults.append("out") }
        let pause = FullDay.pause
        if one.cast[0].uuid == holder(UInt64(pause.provider + 1)), from < pause.minutes.upperBound, until > pause.minutes.lowerBound {
            faults.append("in the break")
        }
        return faults
    }

    /// Where more are at once than there is room for. Somebody who comes is the last of those who make it too many: only beginnings count.
    private func crowds(_ placed: [Placed], _ day: RepairDay) -> [String] {
        var uses: [UUID: [Use]] = [:]
        for one in placed {
            for id in one.cast {
                let use = Use(
                    number: one.number,
                    type: one.type,
                    from: one.from - one.type.bufferBefore,
                    until: one.until + one.type.bufferAfter
                )
                uses[id.uuid, default: []].append(use)
            }
            let whole = Use(number: one.number, type: one.type, from: one.from, until: one.until)
            uses[one.visit.patient.uuid, default: []].append(whole)
        }
        var crowds: [String] = []
        for (id, uses) in uses {
            let resource = day.resources[ResourceID(id)]
            for last in uses {
                let together = uses.filter { $0.from <= last.from && last.from < $0.until }
                let room =
                    switch resource?.kind {
                    case .provider: together.map { $0.type.doubleBooking == .lanes ? $0.type.lanes : 1 }.min() ?? 1
                    case .some: resource?.lanes ?? 1
                    case nil: 1
                    }
                if together.count > room { crowds.append("\(resource?.name ?? "patient") at \(last.from): \(together.map(\.number))") }
            }
        }
        return crowds
    }
}
