import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Jobs

extension QueueTests {
    @Suite(.serialized) struct FairnessTests {
        @Test("20,000 jobs of one location do not delay another's one", .shows("RS-5"))
        func backlog() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.seed(Probe.kind, at: clinic.north, count: 20_000)
            let ran = Mutex<ContinuousClock.Instant?>(nil)
            let catalogue = probing { _, context in
                if context.location?.id == clinic.south.id { return ran.withLock { $0 = .now } }
                try await Task.sleep(for: .milliseconds(50))
            }
            try await clinic.withWorkers(1, catalogue) { workers in
                try await eventually("north keeps the worker busy") { workers[0].figures.done > 100 }
                let start = ContinuousClock.now
                try await clinic.start(Probe(1), at: clinic.south)
                try await eventually("south's job ran") { ran.withLock { $0 != nil } }
                let delay = try #require(ran.withLock { $0 }) - start
                #expect(delay < .seconds(2))
                #expect(try await clinic.count(.ready) > 10_000)
            }
        }

        @Test("every location gets its first job before any gets its second", .shows("RS-5"))
        func turns() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.seed(Probe.kind, at: clinic.north, count: 100)
            try await clinic.seed(Probe.kind, at: clinic.south, count: 1)
            let stores = clinic.stores(ambientID: 1)
            _ = try await stores.leases.heartbeat()
            let claims = try await stores.claims.claimAll(2)
            #expect(Set(claims.map(\.role)) == [clinic.north.role.name, clinic.south.role.name])
            let more = try await stores.claims.claim(
                ClaimStore.Room(limit: 50, perLocation: 10, held: [clinic.north.role.name: 4]),
                after: .start,
                now: Ambient.system.now()
            )
            #expect(more.claims.count == 6)
        }

        @Test("a backlog beside a few jobs of others is worked off without waiting for the next look")
        func beside() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.seed(Probe.kind, at: clinic.north, count: 2000)
            try await clinic.seed(Probe.kind, at: clinic.south, count: 1)
            try await clinic.withWorkers(1, probing { _, _ in }) {
                $0.poll = .seconds(600) ... .seconds(601)
            } _: { _ in
                try await eventually("all are done", within: .seconds(10)) { try await clinic.count(.done) == 2001 }
            }
        }

        @Test("a location's own limit of a kind holds")
        func limit() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let running = Mutex((now: 0, most: 0))
            try await clinic.seed("test.narrow", at: clinic.north, count: 30)
            let catalogue = JobCatalogue(jobs: [
                JobRegistration(Narrow.self) { _, _ in
                    running.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    try await Task.sleep(for: .milliseconds(10))
                    running.withLock { $0.now -= 1 }
                }
            ])
            try await clinic.withWorkers(1, catalogue) {
                $0.poll = .milliseconds(20) ... .milliseconds(30)
            } _: { _ in
                try await eventually("all are done") { try await clinic.count(.done) == 30 }
            }
            #expect(running.withLock(\.most) == 2)
        }

        @Test("claimed jobs wait by location and are taken in turn", .shows("RS-6"))
        func waitingRoom() {
            var room = WaitingRoom()
            for number in 0..<3 { room.add(claim("a", number)) }
            room.add(claim("b", 9))
            #expect(room.count == 4)
            #expect(room.next { _ in true }?.role == "a")
            #expect(room.next { _ in true }?.role == "b")
            #expect(room.next { $0 != "a" } == nil)
            #expect(room.next { _ in true }?.role == "a")
            #expect(room.removeAll().count == 1 && room.count == 0)
        }

        private func claim(_ role: String, _ number: Int) -> Claim {
            Claim(
                key: Claim.Key(id: Ambient.system.id(), attempt: number),
                role: role,
                organization: nil,
                kind: "k",
                parameters: "{}",
                spent: 0,
                reason: nil,
                request: UUID(high: 0, low: 0),
                startedBy: nil,
                cause: .request
            )
        }

        @Test("what is paused waits, and goes on when resumed")
        func pause() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let database = clinic.north.database
            let operations = clinic.operations
            try await operations.pause(kind: Probe.kind, location: clinic.north.role.name, database: database, by: "test", reason: "look")
            try await clinic.start(Probe(1), at: clinic.north)
            try await clinic.start(Probe(2), at: clinic.south)
            let record = Record()
            try await clinic.withWorkers(1, probing { job, context in record.add(job.number, context) }) { _ in
                try await eventually("the other location's ran") { record.numbers == [2] }
                #expect(try await operations.pauses(database: database).map(\.reason) == ["look"])
                #expect(try await clinic.count(.ready) == 1)
                #expect(try await operations.resume(kind: Probe.kind, location: clinic.north.role.name, database: database))
                #expect(try await !operations.resume(kind: Probe.kind, location: clinic.north.role.name, database: database))
                try await eventually("it goes on") { record.numbers == [2, 1] }
            }
        }
    }
}

struct Narrow: ParameterlessJob {
    static let kind = "test.narrow"
    static let policy = JobPolicy(maximumRunningPerLocation: 2)
}
