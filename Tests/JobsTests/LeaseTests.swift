import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Jobs

extension QueueTests {
    @Suite(.serialized) struct LeaseTests {
        @Test("a live worker takes over from one that is gone, in less than ten seconds", .shows("JF-3"))
        func takeOver() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let id = try await clinic.start(Probe(1))
            let lost = clinic.stores(ambientID: 1, lease: JobWorkerSettings().lease)
            _ = try await lost.leases.heartbeat()
            #expect(try await lost.claims.claimAll().map(\.key.id) == [id])
            // It is never heard of again.
            let watch = Stopwatch()
            try await clinic.withWorkers(1, probing { _, context in #expect(context.attempt == 2) }) { worker in
                try await eventually("it is done") { try await clinic.count(.done) == 1 }
                #expect(watch.elapsed < .seconds(10))
                #expect(worker[0].figures.rescued == 1)
            }
            let job = try #require(try await clinic.operations.list(database: clinic.north.database).first)
            #expect(job.attempt == 2 && job.spent == 1)
        }

        @Test("what a worker says about a job it lost is refused", .shows("JF-2"))
        func fencing() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let id = try await clinic.start(Probe(1))
            let stale = clinic.stores(ambientID: 1, lease: .milliseconds(1))
            let live = clinic.stores(ambientID: 2)
            _ = try await stale.leases.heartbeat()
            _ = try await live.leases.heartbeat()
            try await clinic.sql("update queue.worker set lease_until = now() + interval '1 minute' where id = \(stale.claims.worker)")
            let first = try #require(try await stale.claims.claimAll().first)
            try await clinic.sql("update queue.worker set lease_until = now() - interval '1 second' where id = \(stale.claims.worker)")
            #expect(try await live.leases.rescue() == 1)
            let second = try #require(try await live.claims.claimAll().first)
            #expect(first.key.id == id && second.key.id == id && second.key.attempt == first.key.attempt + 1)

            let late = try #require(Verdict(.done, of: first, Probe.policy, random: 0))
            #expect(try await stale.claims.finish([late]).isEmpty)
            #expect(try await live.claims.finish([late]).isEmpty)
            #expect(try await clinic.count(.running) == 1)
            let right = try #require(Verdict(.done, of: second, Probe.policy, random: 0))
            #expect(try await live.claims.finish([right]) == [id])
            #expect(try await clinic.count(.done) == 1)
        }

        @Test("a worker declared dead claims nothing until it has signed on again")
        func withoutLease() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.start(Probe(1))
            let stores = clinic.stores(ambientID: 1)
            #expect(try await stores.claims.claimAll().isEmpty)
            _ = try await stores.leases.heartbeat()
            #expect(try await stores.claims.claimAll().count == 1)
        }

        @Test("a claim whose answer was lost on the way goes back, at no cost")
        func orphan() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let record = Record()
            try await clinic.withWorkers(1, probing { job, context in record.add(job.number, context) }) { _ in
                try await eventually("the worker signed on") {
                    try await clinic.operations.workers(database: clinic.north.database).count == 1
                }
                try await clinic.seed("test.other", at: clinic.north)
                try await clinic.sql(
                    """
                    update queue.job set kind = 'test.probe', state = 'running', attempt = 1, worker = (select id from queue.worker),
                        claimed_at = now() - interval '10 seconds', deadline = now() + interval '1 hour'
                    """
                )
                try await eventually("it ran after all") { try await clinic.count(.done) == 1 }
            }
            #expect(record.entries.map(\.attempt) == [1])
        }

        @Test("a job that ended three workers is dead, and says so", .shows("RS-7"))
        func poison() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.start(Probe(1))
            try await clinic.sql("update queue.job set spent = 3, reason = 'worker_lost'")
            try await clinic.withWorkers(1, probing { _, _ in Issue.record("it ran") }) { _ in
                try await eventually("it is dead") { try await clinic.count(.dead) == 1 }
            }
            #expect(try await clinic.operations.dead(database: clinic.north.database).first?.reason == "worker_lost")
        }

        @Test("a run past its deadline is taken from a worker that still lives")
        func overdue() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.start(Probe(1))
            let stores = clinic.stores(ambientID: 1)
            _ = try await stores.leases.heartbeat()
            _ = try await stores.claims.claimAll()
            #expect(try await stores.leases.rescue() == 0)
            try await clinic.sql("update queue.job set deadline = now() - interval '1 second'")
            #expect(try await stores.leases.rescue() == 1)
            #expect(try await clinic.operations.list(database: clinic.north.database).first?.reason == "overdue")
        }

        @Test("the second run of a step whose receipt is there stops", .shows("JF-2"))
        func receipt() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let bodies = Mutex(0)
            let answers = Mutex<[Int?]>([])
            try await clinic.start(Probe(1))
            let catalogue = probing { _, context in
                let answer = try await context.work("post") { _ in
                    bodies.withLock { count -> Int in
                        count += 1
                        return count
                    }
                }
                answers.withLock { $0.append(answer) }
                let other = try await context.organizationWork("count") { _ in
                    bodies.withLock { count -> Int in
                        count += 1
                        return count
                    }
                }
                answers.withLock { $0.append(other) }
                if context.attempt == 1 { throw Problem(.failed, "after_the_commit", "It ends between COMMIT and verdict.") }
            }
            try await clinic.withWorkers(1, catalogue) { _ in
                try await eventually("it is done") { try await clinic.count(.done) == 1 }
            }
            #expect(bodies.withLock { $0 } == 2)
            #expect(answers.withLock { $0 } == [1, 2, nil, nil])
        }

        @Test("a step that failed leaves no receipt and is done by the next try")
        func rolledBack() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let bodies = Mutex(0)
            try await clinic.start(Probe(1))
            let catalogue = probing { _, context in
                _ = try await context.work("post") { _ in
                    bodies.withLock { $0 += 1 }
                    if context.attempt == 1 { throw Problem(.failed, "in_the_middle", "It fails.") }
                }
            }
            try await clinic.withWorkers(1, catalogue) { _ in
                try await eventually("it is done") { try await clinic.count(.done) == 1 }
            }
            #expect(bodies.withLock { $0 } == 2)
        }
    }
}

struct Stores {
    let claims: ClaimStore
    let leases: LeaseStore
}

extension QueueClinic {
    /// What a worker does to north's database, without the worker.
    func stores(ambientID: UInt64, lease: Duration = .seconds(60)) -> Stores {
        let worker = UUID(high: 7, low: ambientID)
        let kinds = KnownKinds([JobRegistration(Probe.self) { _, _ in }])
        return Stores(
            claims: ClaimStore(tenancy: tenancy, database: north.database, worker: worker, kinds: kinds, slack: .seconds(10)),
            leases: LeaseStore(tenancy: tenancy, database: north.database, worker: worker, name: "test", lease: lease)
        )
    }
}

extension ClaimStore {
    func claimAll(_ limit: Int = 100) async throws -> [Claim] {
        try await claim(Room(limit: limit, perLocation: limit, held: [:]), after: .start, now: Ambient.system.now()).claims
    }
}
