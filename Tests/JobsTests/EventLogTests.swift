import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Jobs

extension QueueTests {
    @Suite(.serialized) struct EventLogTests {
        private let catalogue = JobCatalogue(events: ["test.told"])

        private func tell(_ clinic: QueueClinic, _ numbers: Range<Int>, at location: Location, for milliseconds: Int = 0) async throws {
            try await clinic.tenancy.work(location, by: clinic.caller, ambient: .system, wake: nil) { work in
                for number in numbers { work.tell(Event("test.told", ["number": number])) }
                // Commits late, after what began later.
                if milliseconds > 0 { try await work.query("select pg_catalog.pg_sleep(\(Double(milliseconds) / 1000))") }
            }
        }

        private func numbers(_ log: EventLog, after position: EventPosition, at location: Location) async throws -> [Int] {
            guard case .events(let events) = try await log.after(position, at: location) else { return [] }
            return try events.map { try $0.event.members.value("number") }
        }

        @Test("whoever reads on meets every event once, though they commit out of order and three relays number them")
        func complete() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let log = EventLog(tenancy: clinic.tenancy)
            let places = [clinic.north, clinic.south]
            let starts = [try await log.newest(at: places[0]), try await log.newest(at: places[1])]
            try await clinic.withWorkers(3, catalogue) { _ in
                try await withThrowingTaskGroup { group in
                    for number in 0..<60 {
                        for place in places {
                            group.addTask { try await tell(clinic, number * 5..<number * 5 + 5, at: place, for: number % 7 * 20) }
                        }
                    }
                    for (place, start) in zip(places, starts) {
                        group.addTask {
                            var (seen, position) = ([Int](), start)
                            try await eventually("all are met") {
                                guard case .events(let events) = try await log.after(position, at: place) else { return false }
                                position = events.last?.position ?? position
                                seen += try events.map { try $0.event.members.value("number") }
                                return seen.count >= 300
                            }
                            #expect(seen.sorted() == Array(0..<300))
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }

        @Test("what is forgotten, or of other numbers, is a gap; another location's events are not there")
        func gaps() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let log = EventLog(tenancy: clinic.tenancy)
            let start = try await log.newest(at: clinic.north)
            try await clinic.withWorkers(1, catalogue) { _ in
                for number in 0..<3 { try await tell(clinic, number..<number + 1, at: clinic.north) }
                try await tell(clinic, 7..<8, at: clinic.south)
                try await eventually("they are numbered") { try await numbers(log, after: start, at: clinic.north).count == 3 }
            }
            #expect(try await numbers(log, after: start, at: clinic.north) == [0, 1, 2])
            let newest = try await log.newest(at: clinic.north)
            #expect(try await numbers(log, after: newest, at: clinic.north).isEmpty)
            let last = EventPosition(epoch: newest.epoch, number: newest.number - 1)
            try await clinic.sql("delete from queue.event where location = \(clinic.north.role.name) and number <= \(newest.number - 1)")
            #expect(try await numbers(log, after: last, at: clinic.north) == [2])
            let positions = [
                EventPosition(epoch: newest.epoch, number: newest.number - 2),
                EventPosition(epoch: newest.epoch, number: newest.number + 1),
                EventPosition(epoch: Ambient.system.id(EventID.self).uuid, number: newest.number),
            ]
            for position in positions {
                guard case .gap(let now) = try await log.after(position, at: clinic.north) else {
                    Issue.record("no gap after \(position.text)")
                    continue
                }
                #expect(now == newest)
            }
        }

        @Test("after commits were lost, the numbers that are given again belong to another row: who knows the old ones begins anew")
        func restored() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let log = EventLog(tenancy: clinic.tenancy)
            func told(_ numbers: Range<Int>) async throws {
                let last = try await log.newest(at: clinic.north).number + Int64(numbers.count)
                try await clinic.withWorkers(1, catalogue) { _ in
                    for number in numbers { try await tell(clinic, number..<number + 1, at: clinic.north) }
                    try await eventually("they are numbered") { try await log.newest(at: clinic.north).number == last }
                }
            }
            try await told(0..<3)
            let known = try await log.newest(at: clinic.north)
            try await clinic.sql("delete from queue.event where location = \(clinic.north.role.name) and number > \(known.number - 2)")
            try await clinic.sql("update queue.stream set last_number = \(known.number - 2) where location = \(clinic.north.role.name)")
            try await told(10..<15)
            // Nothing shows that two of them are not the ones that were known.
            #expect(try await numbers(log, after: known, at: clinic.north) == [12, 13, 14])
            let locations = try await clinic.operations.restartStreams(database: clinic.north.database)
            #expect(locations >= 1)
            guard case .gap(let now) = try await log.after(known, at: clinic.north) else {
                Issue.record("no gap after a restore")
                return
            }
            #expect(try await log.newest(at: clinic.north) == now)
            #expect(try await numbers(log, after: now, at: clinic.north).isEmpty)
        }

        @Test("a position is read as it was written, and nothing else is one")
        func text() throws {
            let position = EventPosition(epoch: Ambient.system.id(EventID.self).uuid, number: 42)
            #expect(EventPosition(position.text) == position)
            for text in ["", "42", ".42", "\(position.epoch).", "\(position.epoch).-1", "\(position.epoch).1.2", "\(position.text) "] {
                #expect(EventPosition(text) == nil, "\(text)")
            }
        }
    }
}
