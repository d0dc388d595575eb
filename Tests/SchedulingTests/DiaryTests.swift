import Postgres
import TestSupport
import Testing
import Values
import Web

@testable import Scheduling

@Suite("What is taken and what is free")
struct DiaryTests {
    private let room = Demand(holder: holder(1), lanes: 1, bufferBefore: 10, bufferAfter: 15)
    private let patient = Demand(holder: holder(2), lanes: 1, bufferBefore: 0, bufferAfter: 0)
    private let group = Demand(holder: holder(3), lanes: 2, bufferBefore: 0, bufferAfter: 0)

    private func diary(_ taken: [Occupancy], moving: AppointmentID? = nil) throws -> Diary {
        Diary(taken, in: try span("00:00", "23:00"), moving: moving)
    }

    @Test("buffers belong to the spans of resources, never to the patient's")
    func buffers() throws {
        let type = appointmentType(before: 10, after: 15)
        let visit = try span("10:00", "10:30")
        #expect(try Demand(resource(1, .room), type).span(for: visit) == span("09:50", "10:45"))
        #expect(Demand(patient: .blank).span(for: visit) == visit)
    }

    @Test("spans that touch do not conflict; a minute more does")
    func edges() throws {
        let diary = try diary([taken(1, holder(1), "09:00", "09:50"), taken(2, holder(1), "10:45", "11:00")])
        #expect(try diary.conflicts([room], span("10:00", "10:30")).isEmpty)
        #expect(try diary.conflicts([room], span("09:59", "10:29")).map(\.appointment) == [appointmentID(1)])
        #expect(try diary.conflicts([room], span("10:00", "10:31")).map(\.appointment) == [appointmentID(2)])
    }

    @Test("every conflict is named, of every resource and of the patient")
    func allNamed() throws {
        let diary = try diary([
            taken(1, holder(1), "10:00", "10:15"), taken(2, holder(2), "10:15", "10:30"), taken(3, holder(4), "10:00", "10:30"),
        ])
        #expect(
            try Set(diary.conflicts([room, patient], span("10:00", "10:30")).map(\.appointment)) == [appointmentID(1), appointmentID(2)]
        )
    }

    @Test("an appointment that moves is not in its own way")
    func moving() throws {
        let diary = try diary([taken(1, holder(1), "10:00", "10:30")], moving: appointmentID(1))
        #expect(try diary.conflicts([room], span("10:15", "10:45")).isEmpty)
    }

    @Test("what several may use at once is free while one lane is, from beginning to end", .shows("MC-1"))
    func lanes() throws {
        let first = try taken(1, holder(3), lane: 0, "10:00", "10:30")
        let second = try taken(2, holder(3), lane: 1, "10:15", "10:45")
        #expect(try diary([first]).conflicts([group], span("10:00", "10:30")).isEmpty)
        #expect(try diary([first, second]).conflicts([group], span("10:15", "10:30")).count == 2)
        #expect(try diary([first, second]).conflicts([group], span("10:30", "10:45")).isEmpty)
        // Each lane is free half of the time, none all the time.
        #expect(try diary([first, taken(3, holder(3), lane: 1, "10:30", "11:00")]).conflicts([group], span("10:00", "11:00")).count == 2)
        // Whoever takes the whole leaves no lane.
        #expect(try diary([taken(4, holder(3), "10:00", "10:30")]).conflicts([group], span("10:00", "10:30")).count == 1)
    }

    @Test("the nearest openings are those that looking at every quarter of an hour finds")
    func openingsByBruteForce() throws {
        var random = Seeded(20_260_302)
        let hours = try span("07:00", "19:00")
        for _ in 0..<400 {
            let demands = [
                Demand(
                    holder: holder(1),
                    lanes: 1,
                    bufferBefore: Int.random(in: 0...20, using: &random),
                    bufferAfter: Int.random(in: 0...20, using: &random)
                ),
                Demand(holder: holder(2), lanes: Int.random(in: 1...3, using: &random), bufferBefore: 0, bufferAfter: 5), patient,
            ]
            let rows = try (0..<UInt64.random(in: 0...40, using: &random)).map { number in
                let start = Int.random(in: 0...1380, using: &random)
                let from = hours.start.adding(minutes: start - 420)
                let lane = Int32.random(in: 0...2, using: &random)
                return Occupancy(
                    appointment: appointmentID(number),
                    holder: holder(UInt64.random(in: 1...3, using: &random)),
                    lanes: try #require(Bool.random(using: &random) ? Int4Range(lane, lane + 1) : Int4Range(0, nil)),
                    span: try #require(InstantRange(from, from.adding(minutes: Int.random(in: 5...90, using: &random))))
                )
            }
            let start = hours.start.adding(minutes: Int.random(in: 0...700, using: &random))
            let wanted = try #require(InstantRange(start, start.adding(minutes: 5 * Int.random(in: 1...12, using: &random))))
            let earliest = hours.start.adding(minutes: Int.random(in: 0...600, using: &random))
            let found = try diary(rows).nearestOpenings(to: wanted, demands, within: hours, notBefore: earliest)
            #expect(found == bruteForce(wanted, demands, rows, hours, earliest))
        }
    }

    /// Looks at every quarter, minute by minute, and sorts.
    private func bruteForce(_ wanted: InstantRange, _ demands: [Demand], _ rows: [Occupancy], _ hours: InstantRange, _ earliest: Instant)
        -> [InstantRange]
    {
        let minutes = Int(wanted.end.seconds(since: wanted.start) / 60)
        let quarters = (0..<48).map { hours.start.adding(minutes: 15 * $0) }
        let free = quarters.filter { start in
            guard start != wanted.start, start >= earliest, start.adding(minutes: minutes) <= hours.end else { return false }
            return demands.allSatisfy { demand in
                let busy = (-demand.bufferBefore..<minutes + demand.bufferAfter).map { minute in
                    let moment = start.adding(minutes: minute)
                    return rows.filter { $0.holder == demand.holder && $0.span.start <= moment && moment < $0.span.end }
                }
                if demand.lanes == 1 { return busy.allSatisfy(\.isEmpty) }
                return (0..<Int32(demand.lanes)).contains { lane in
                    busy.allSatisfy { $0.allSatisfy { row in lane < row.lanes.lower || row.lanes.upper.map { lane >= $0 } ?? false } }
                }
            }
        }
        func distance(_ start: Instant) -> Int64 { abs(start.seconds(since: wanted.start)) }
        return free.sorted { (distance($0), $0) < (distance($1), $1) }.prefix(3).compactMap {
            InstantRange($0, $0.adding(minutes: minutes))
        }
    }
}
