import Postgres
import TestSupport
import Testing

extension PostgresTests {
    @Suite struct LossTests {
        @Test("reads go on when their backends are killed again and again")
        func readsRecover() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.applicationName = "pgtest_victim_\(clinic.firstSchema)" }
                let isOver = Tally()
                let answers = (0..<16).map { _ in Tally() }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for reader in 0..<16 {
                        group.addTask {
                            var number = reader
                            while isOver.count == 0 {
                                number += 16
                                let rows: Rows
                                if reader % 4 == 0 {
                                    let asked = number
                                    rows = try await database.session(clinic.first) {
                                        try await $0.query("select \(asked) from {location}.item")
                                    }
                                } else {
                                    rows = try await database.flight(clinic.first, "select \(number) from {location}.item")
                                }
                                #expect(try rows.decode(Int.self) == [number])
                                answers[reader].add()
                            }
                        }
                    }
                    var killed = 0
                    for _ in 0..<8 {
                        // A read is sent again once, not twice: let each of the last time be answered.
                        let seen = answers.map(\.count)
                        try await reach(database) { _ in zip(answers, seen).allSatisfy { $0.count > $1 + 1 } }
                        let victims = try await clinic.owner.flight(
                            .login,
                            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = \("pgtest_victim_\(clinic.firstSchema)")"
                        )
                        killed += victims.count
                    }
                    isOver.add()
                    try await group.waitForAll()
                    #expect(killed >= 8)
                }
                await database.close()
            }
        }

        @Test("a transaction lost before COMMIT did nothing; one lost after it is unknown")
        func lostTransactions() async throws {
            try await Clinic.with { clinic in
                let proxy = FaultProxy()
                let port = try await proxy.start(before: try Clinic.settings().port)
                let database = try Clinic.database { $0.port = port }
                let before = try await failure {
                    try await database.transaction(clinic.first) { transaction in
                        try await transaction.query("insert into {location}.item values (2, 'x')")
                        await proxy.cut()
                        try await transaction.query("select 1")
                    }
                }
                #expect(before.kind == .notSent)
                let idle = try await failure {
                    try await database.transaction(clinic.first) { transaction in
                        try await transaction.query("insert into {location}.item values (2, 'x')")
                        await proxy.cut()
                        try await reach(database) { $0.leased == 0 }
                    }
                }
                #expect(idle.kind == .notSent)
                let after = try await failure {
                    try await database.transaction(clinic.first) { transaction in
                        try await transaction.query("insert into {location}.item values (3, 'x')")
                        proxy.set([.silence])
                        transaction.enqueue("select pg_notify('x', '')")
                        Task {
                            while try await clinic.ids(clinic.first) != [1, 3] {}
                            await proxy.cut()
                            proxy.set([])
                        }
                    }
                }
                #expect(after.kind == .unknownOutcome)
                #expect(try await clinic.ids(clinic.first) == [1, 3])
                #expect(try await database.flight(clinic.first, "select id from {location}.item").count == 2)
                await database.close()
            }
        }

        @Test("while the database is away requests fail fast, and when it is back they succeed without help", .shows("JF-7"))
        func outage() async throws {
            let proxy = FaultProxy()
            let port = try await proxy.start(before: try Clinic.settings().port)
            let database = try Clinic.database {
                $0.port = port
                $0.leaseDeadline = .milliseconds(1500)
                $0.outageGrace = .milliseconds(300)
            }
            try await database.flight(.login, "select 1")
            try await database.flushed()
            proxy.set([.refuse])
            await proxy.cut()
            try await reach(database) { !$0.isUp }
            for _ in 0..<3 {
                let watch = Stopwatch()
                #expect(try await failure { _ = try await database.flight(.login, "select 1") }.kind == .notSent)
                #expect(
                    try await failure { _ = try await database.transaction(.login) { try await $0.query("select 1") } }.kind == .notSent
                )
                #expect(try await failure { try await database.flushed() }.kind == .unknownOutcome)
                #expect(watch.elapsed < .seconds(5))
            }
            // By now nobody waits at all.
            let watch = Stopwatch()
            _ = try await failure { _ = try await database.flight(.login, "select 1") }
            #expect(watch.elapsed < .milliseconds(100))
            proxy.set([])
            try await reach(database) { $0.isUp }
            #expect(try await database.flight(.login, "select 1").count == 1)
            while (try? await database.transaction(.login, { try await $0.query("select 2") })) == nil { await Task.yield() }
            while (try? await database.flushed()) == nil { await Task.yield() }
            await database.close()
        }

        @Test("a connection that cannot be replaced goes on serving until it can")
        func noReplacement() async throws {
            try await Clinic.with { clinic in
                let proxy = FaultProxy()
                let port = try await proxy.start(before: try Clinic.settings().port)
                let database = try Clinic.database {
                    $0.port = port
                    $0.maximumSchemas = 1
                    $0.outageGrace = .milliseconds(50)
                }
                func backend(_ scope: Scope) async throws -> Int {
                    try require(try await database.flight(scope, "select pg_backend_pid() from {location}.item").first).decode(Int.self)
                }
                let first = try await backend(clinic.first)
                proxy.set([.refuse])
                let started = ContinuousClock.now
                while ContinuousClock.now - started < .milliseconds(400) { #expect(try await backend(clinic.second) == first) }
                proxy.set([])
                while try await backend(clinic.second) == first {}
                #expect(database.statistics.lost == 0)
                await database.close()
            }
        }

        @Test("a server that falls silent is given up after the deadline", .shows("RS-2"))
        func silence() async throws {
            let proxy = FaultProxy()
            let port = try await proxy.start(before: try Clinic.settings().port)
            let database = try Clinic.database {
                $0.port = port
                $0.answerDeadline = .milliseconds(400)
                $0.connectTimeout = .milliseconds(400)
                $0.leaseDeadline = .milliseconds(1500)
            }
            try await database.flight(.login, "select 1")
            proxy.set([.silence])
            let error = try await failure { _ = try await database.flight(.login, "select 1") }
            #expect(error.kind == .timeout)
            #expect(try await failure { _ = try await database.flight(.login, "select 1") }.kind == .notSent)
            proxy.set([])
            try await reach(database) { $0.isUp }
            #expect(try await database.flight(.login, "select 1").count == 1)
            await database.close()
        }
    }
}
