import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Jobs

extension QueueTests {
    @Suite(.serialized) struct RelayTests {
        /// One event, two subscribers.
        private func catalogue(_ record: Record) -> JobCatalogue {
            JobCatalogue(
                jobs: [
                    JobRegistration(Probe.self) { job, context in record.add(job.number, context) },
                    JobRegistration(Hasty.self) { _, context in record.add(-1, context) },
                ],
                subscriptions: [
                    Subscription("test.happened", starts: Probe.self) { event in Probe(try event.members.value("number")) },
                    Subscription("test.happened", starts: Hasty.self) { event in
                        try event.members.value("number", as: Int.self) == 0 ? Hasty() : nil
                    },
                ]
            )
        }

        private func tell(_ clinic: QueueClinic, _ number: Int, at location: Location? = nil) async throws {
            try await clinic.tenancy.work(location ?? clinic.north, by: clinic.caller, ambient: .system, wake: nil) { work in
                work.tell(Event("test.happened", ["number": number]))
            }
        }

        @Test("an event becomes one job of each subscriber that asks for it")
        func subscribers() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let record = Record()
            #expect(catalogue(record).faults.isEmpty)
            for number in 0..<3 { try await tell(clinic, number) }
            try await tell(clinic, 3, at: clinic.elsewhere)
            try await clinic.withWorkers(3, catalogue(record)) { _ in
                try await eventually("all ran") { record.count >= 5 }
                try await eventually("all are done") { try await clinic.count(.done) == 4 }
            }
            #expect(record.numbers.sorted() == [-1, 0, 1, 2, 3])
            #expect(record.entries.first { $0.number == 3 }?.location == clinic.elsewhere.id)
        }

        @Test("events that commit late and out of order are relayed all the same")
        func commitOrder() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let record = Record()
            try await clinic.withWorkers(2, catalogue(record)) { _ in
                // The transaction opens first and commits last: a reader by position would pass over it.
                let committed = try await clinic.transaction { tx in
                    try await tx.query(
                        """
                        insert into queue.event (id, location, name, version, members, request, actor_kind, actor_id)
                        values (\(Ambient.system.id(EventID.self)), \(clinic.north.role.name)::name, 'test.happened', 1, '{"number": "1"}',
                            gen_random_uuid(), 'staff', gen_random_uuid())
                        """
                    )
                    try await withThrowingTaskGroup { group in
                        for number in 2..<40 { group.addTask { try await tell(clinic, number) } }
                        try await group.waitForAll()
                    }
                    try await eventually("those that committed ran") { record.count == 38 }
                    return !record.numbers.contains(1)
                }
                #expect(committed)
                try await eventually("the late one ran") { record.count == 39 }
            }
            #expect(record.numbers.sorted() == Array(1..<40))
        }

        @Test("an event that is told in a transaction that fails was never told")
        func rolledBack() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            await #expect(throws: Problem.self) {
                try await clinic.tenancy.work(clinic.north, by: clinic.caller, ambient: .system, wake: nil) { work in
                    work.tell(Event("test.happened", ["number": 1]))
                    _ = work.start(Probe(1))
                    throw Problem.notFound
                }
            }
            let events = try await clinic.sql("select count(*) from queue.event").first?.value(0, as: Int.self)
            #expect(events == 0)
            #expect(try await clinic.count(.ready) == 0)
        }

        @Test("relayed twice, an event makes no second job")
        func twice() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let relay = Relay(
                store: RelayStore(tenancy: clinic.tenancy, database: clinic.north.database, ambient: .system),
                catalogue: catalogue(Record()),
                ambient: .system
            )
            try await tell(clinic, 0)
            #expect(try await relay.relay(limit: 10, after: .start).jobs == 2)
            try await clinic.sql("update queue.event set state = 'new'")
            #expect(try await relay.relay(limit: 10, after: .start).events == 1)
            #expect(try await clinic.count(.ready) == 2)
        }

        @Test("an event a subscriber cannot read becomes a dead job; one nobody knows is kept")
        func unreadable() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.tenancy.work(clinic.north, by: clinic.caller, ambient: .system, wake: nil) { work in
                work.tell(Event("test.happened", ["count": 1]))
                work.tell(Event("test.from_the_future", [:]))
                work.tell(Event("test.happened", ["number": 5]))
            }
            let record = Record()
            try await clinic.withWorkers(1, catalogue(record)) { _ in
                try await eventually("the sound one ran") { record.numbers == [5] }
            }
            let dead = try await clinic.operations.dead(database: clinic.north.database)
            #expect(dead.count == 2 && dead.allSatisfy { $0.reason == "event_unreadable:unreadable:number" })
            let kept = try await clinic.sql("select count(*) from queue.event where state = 'new'").first?.value(0, as: Int.self)
            #expect(kept == 1)
        }

        @Test("a location sees its own rows only, and cannot write in another's name", .shows("TI-9"))
        func isolation() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let id = try await clinic.start(Probe(1), at: clinic.north)
            let own = try await clinic.tenancy.read(clinic.north, JobStatus.statement(id))
            #expect(try own.first.map(JobStatus.init)?.state == .ready)
            #expect(try await clinic.tenancy.read(clinic.south, JobStatus.statement(id)).isEmpty)
            await #expect(throws: PostgresError.self) {
                _ = try await clinic.tenancy.read(
                    clinic.south,
                    """
                    insert into queue.event (id, location, name, version, members, request, actor_kind, actor_id)
                    values (gen_random_uuid(), \(clinic.north.role.name)::name, 'x', 1, '{}', gen_random_uuid(), 'staff', gen_random_uuid())
                    """
                )
            }
            await #expect(throws: PostgresError.self) {
                _ = try await clinic.tenancy.read(clinic.south, "update queue.job set state = 'done'")
            }
        }

        @Test("of jobs with one key only one is unfinished, per location; afterwards the key is free", .shows("JF-4"))
        func uniqueKey() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let keyed: @Sendable (Location) async throws -> JobID = { location in
                try await clinic.tenancy.work(location, by: clinic.caller, ambient: .system, wake: nil) { work in
                    try await work.start(Probe(1), unique: "nightly")
                }
            }
            let ids = try await withThrowingTaskGroup { group in
                for _ in 0..<8 { group.addTask { try await keyed(clinic.north) } }
                return try await group.reduce(into: Set<JobID>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(try await keyed(clinic.south) != ids.first)
            let record = Record()
            try await clinic.withWorkers(1, probing { job, context in record.add(job.number, context) }) { _ in
                try await eventually("both ran") { try await clinic.count(.done) == 2 }
                #expect(try await !ids.contains(keyed(clinic.north)))
                try await eventually("and the new one") { try await clinic.count(.done) == 3 }
            }
        }

        @Test("a delayed job is not run before its time")
        func delay() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let record = Record()
            try await clinic.tenancy.work(clinic.north, by: clinic.caller, ambient: .system, wake: nil) { work in
                work.start(Probe(1), delay: .milliseconds(700))
                work.start(Probe(2), at: work.now.adding(seconds: 3600))
                work.start(Probe(3))
            }
            let start = ContinuousClock.now
            try await clinic.withWorkers(1, probing { job, context in record.add(job.number, context) }) { _ in
                try await eventually("the delayed one ran") { record.numbers.contains(1) }
                #expect(ContinuousClock.now - start > .milliseconds(500))
                try await eventually("and is written down as done") { try await clinic.count(.done) == 2 }
            }
            #expect(record.numbers == [3, 1])
            #expect(try await clinic.count(.ready) == 1)
        }
    }
}
