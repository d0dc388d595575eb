import Jobs
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

extension QueueTests {
    @Suite(.serialized) struct RunTests {
        @Test("four workers run each job once")
        func once() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let record = Record()
            try await clinic.tenancy.work(clinic.north, by: clinic.caller, ambient: .system, wake: nil) { work in
                for number in 0..<400 { work.start(Probe(number)) }
            }
            try await clinic.withWorkers(4, probing { job, context in record.add(job.number, context) }) { workers in
                try await eventually("all are done") { try await clinic.count(.done) == 400 }
                #expect(workers.filter { $0.figures.done > 0 }.count > 1)
            }
            #expect(record.numbers.sorted() == Array(0..<400))
            #expect(record.entries.allSatisfy { $0.location == clinic.north.id && $0.attempt == 1 })
        }

        @Test("a job that fails is tried again, and its attempt is counted")
        func retry() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let record = Record()
            let id = try await clinic.start(Probe(1))
            let catalogue = probing { job, context in
                record.add(job.number, context)
                if context.attempt < 3 { throw Problem(.failed, "not_yet", "Not yet.") }
            }
            try await clinic.withWorkers(1, catalogue) { _ in
                try await eventually("it is done") { try await clinic.count(.done) == 1 }
            }
            #expect(record.entries.map(\.attempt) == [1, 2, 3])
            let job = try #require(try await clinic.operations.list(database: clinic.north.database).first)
            #expect(job.id == id && job.spent == 2 && job.reason == nil)
        }

        @Test("a job that has used up its tries is dead with the reason, and an operator can retry it", .shows("RS-7"))
        func dead() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let isFixed = Mutex(false)
            let id = try await clinic.start(Probe(1))
            let catalogue = probing { _, _ in
                if !isFixed.withLock({ $0 }) { throw Problem(.failed, "broken", "Words about a patient.") }
            }
            try await clinic.withWorkers(1, catalogue) { _ in
                try await eventually("it is dead") { try await clinic.count(.dead) == 1 }
                let dead = try #require(try await clinic.operations.dead(database: clinic.north.database).first)
                #expect(dead.reason == "problem:broken" && dead.spent == 3 && dead.attempt == 3)
                isFixed.withLock { $0 = true }
                #expect(try await clinic.operations.retry(id, database: clinic.north.database))
                try await eventually("it is done") { try await clinic.count(.done) == 1 }
            }
        }

        @Test("a job past its time limit is cancelled, tried again, and dead in the end; others run meanwhile", .shows("RS-7"))
        func timeLimit() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let record = Record()
            try await clinic.start(Hasty())
            try await clinic.start(Probe(1))
            let catalogue = JobCatalogue(jobs: [
                JobRegistration(Hasty.self) { _, context in
                    record.add(-1, context)
                    try await Task.sleep(for: .seconds(60))
                },
                JobRegistration(Probe.self) { job, context in record.add(job.number, context) },
            ])
            try await clinic.withWorkers(1, catalogue) { _ in
                try await eventually("it is dead") { try await clinic.count(.dead, kind: Hasty.kind) == 1 }
            }
            #expect(record.entries.filter { $0.number == -1 }.map(\.attempt) == [1, 2])
            #expect(record.numbers.contains(1))
            #expect(try await clinic.operations.dead(database: clinic.north.database).first?.reason == "time_limit")
        }

        @Test("a run that does not listen to its time limit loses its place and the job")
        func deaf() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let gate = Gate()
            let refused = Mutex(0)
            try await clinic.start(Hasty())
            let catalogue = JobCatalogue(jobs: [
                JobRegistration(Hasty.self) { _, context in
                    if context.attempt == 2 { return }
                    await gate.pass()
                    do {
                        _ = try await context.work("late") { _ in }
                    } catch {
                        refused.withLock { $0 += 1 }
                        throw error
                    }
                }
            ])
            try await clinic.withWorkers(1, catalogue) {
                $0.overrun = .milliseconds(100)
            } _: { _ in
                try await eventually("the second try is done") { try await clinic.count(.done) == 1 }
                gate.open()
                try await eventually("the first could not write") { refused.withLock { $0 } == 1 }
            }
        }

        @Test("parameters that cannot be read mean the dead list at once", .shows("RS-7"))
        func undecodable() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.seed(Probe.kind, at: clinic.north, parameters: #"{"number": "many"}"#)
            try await clinic.seed(Probe.kind, at: clinic.north, parameters: #"{"number": [1]}"#)
            try await clinic.withWorkers(1, probing { _, _ in Issue.record("it ran") }) { _ in
                try await eventually("both are dead") { try await clinic.count(.dead) == 2 }
            }
            let dead = try await clinic.operations.dead(database: clinic.north.database)
            #expect(dead.allSatisfy { $0.reason == "undecodable:unreadable:number" && $0.attempt == 1 && $0.spent == 0 })
        }

        @Test("a kind nobody knows is kept, costs nothing, and stands in nobody's way", .shows("JF-5"))
        func unknown() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.seed("test.from_the_future", at: clinic.north, count: 500)
            try await clinic.start(Probe(1))
            try await clinic.withWorkers(1, probing { _, _ in }) { _ in
                try await eventually("the known one is done") { try await clinic.count(.done) == 1 }
            }
            #expect(try await clinic.count(.ready, kind: "test.from_the_future") == 500)
            let kept = try await clinic.operations.list(database: clinic.north.database, kind: "test.from_the_future", limit: 1)
            #expect(kept.allSatisfy { $0.attempt == 0 && $0.spent == 0 })
        }

        @Test("discard ends a job, snooze puts it off at no cost")
        func decisions() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let record = Record()
            try await clinic.start(Probe(1))
            try await clinic.start(Probe(2))
            let catalogue = probing { job, context in
                record.add(job.number, context)
                if job.number == 1 { throw JobDecision.discard("nothing_to_do") }
                if record.numbers.filter({ $0 == 2 }).count < 5 { throw JobDecision.snooze(.milliseconds(5)) }
            }
            try await clinic.withWorkers(1, catalogue) { _ in
                try await eventually("both ended") { try await [clinic.count(.done), clinic.count(.discarded)] == [1, 1] }
            }
            let jobs = try await clinic.operations.list(database: clinic.north.database)
            #expect(jobs.allSatisfy { $0.spent == 0 })
            #expect(jobs.contains { $0.reason == "nothing_to_do" && $0.state == .discarded })
            #expect(record.entries.filter { $0.number == 2 }.allSatisfy { $0.attempt == 1 })
        }

        @Test("a job runs in the database and for the location that wrote it; control's knows its organization", .shows("TI-9"))
        func places() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let seen = Mutex<[Int: (LocationID?, OrganizationID?)]>([:])
            let catalogue = probing { job, context in
                seen.withLock { $0[job.number] = (context.location?.id, context.organization) }
            }
            try await clinic.start(Probe(1), at: clinic.north)
            try await clinic.start(Probe(2), at: clinic.south)
            try await clinic.start(Probe(3), at: clinic.elsewhere)
            try await clinic.tenancy.organizationWork(clinic.organization, by: clinic.caller, ambient: .system, wake: nil) { work in
                _ = work.start(Probe(4))
            }
            try await clinic.withWorkers(1, catalogue) { _ in
                try await eventually("all ran") { seen.withLock { $0.count } == 4 }
            }
            let places = seen.withLock { $0 }
            #expect(places[1]?.0 == clinic.north.id && places[2]?.0 == clinic.south.id && places[3]?.0 == clinic.elsewhere.id)
            #expect(places[4]?.0 == nil && places.values.allSatisfy { $0.1 == clinic.organization })
        }
    }
}

extension QueueClinic {
    /// Jobs written past the API, as the owner can.
    func seed(_ kind: String, at location: Location, count: Int = 1, parameters: String = #"{"number": "1"}"#) async throws {
        try await sql(
            """
            insert into queue.job (id, location, kind, parameters, request, actor_kind, actor_id)
            select gen_random_uuid(), \(location.role.name)::name, \(kind), \(parameters)::jsonb, gen_random_uuid(), 'staff', gen_random_uuid()
            from generate_series(1, \(count))
            """,
            in: location.database
        )
    }
}
