import Postgres
import Synchronization
import TestSupport
import Testing

extension PostgresTests {
    @Suite struct TransactionTests {
        private struct Refusal: Error, Equatable {}

        @Test("one query and enqueued writes are two flights, a read is one, writes alone are one")
        func flightsAreCounted() async throws {
            try await Clinic.with { clinic in
                let name = try await counted(2) {
                    try await clinic.owner.transaction(clinic.first) { transaction in
                        let name = try require(await transaction.query("select name from {location}.item where id = 1").first).decode(
                            String.self
                        )
                        transaction.enqueue("insert into {location}.item values (\(2), \("two"), \(Int?.none))")
                        transaction.enqueue("insert into {location}.note values (\(1), \(2))")
                        return name
                    }
                }
                #expect(name == clinic.firstSchema.name)
                let found = try await counted(1) {
                    try await clinic.owner.flight(
                        clinic.first,
                        "select i.name, i.amount from {location}.note n join {location}.item i on i.id = n.item"
                    )
                }
                #expect(try require(found.first).decode((String, Int?).self) == ("two", nil))
                try await counted(1) {
                    try await clinic.owner.transaction(clinic.first) { $0.enqueue("insert into {location}.item values (3, 'three')") }
                }
                try await counted(0) { try await clinic.owner.transaction(clinic.first) { _ in } }
                try await counted(3) {
                    try await clinic.owner.session(clinic.first) {
                        try await $0.query("select 1")
                        _ = try await $0.query(["select 2", "select 3"])
                    }
                }
                #expect(try await clinic.names(clinic.first).count == 3)
            }
        }

        private func counted<Value>(_ flights: Int, _ body: () async throws -> Value) async throws -> Value {
            let counter = FlightCounter()
            let value = try await FlightCounter.$current.withValue(counter) { try await body() }
            #expect(counter.count == flights)
            return value
        }

        @Test("what the body throws undoes everything, and the connection is used again")
        func throwingRollsBack() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.leasedConnections = 1 }
                var backends: Set<Int> = []
                for round in 0..<5 {
                    await #expect(throws: Refusal.self) {
                        try await database.transaction(clinic.first) { transaction in
                            let row = try require(
                                await transaction.query(
                                    "insert into {location}.item values (\(10 + round), 'x') returning pg_backend_pid()"
                                ).first
                            )
                            backends.insert(try row.decode(Int.self))
                            transaction.enqueue("insert into {location}.item values (\(20 + round), 'y')")
                            throw Refusal()
                        }
                    }
                }
                #expect(backends.count == 1)
                #expect(try await clinic.names(clinic.first).count == 1)
                await database.close()
            }
        }

        @Test("an error the body swallows still undoes everything")
        func swallowedErrorRollsBack() async throws {
            try await Clinic.with { clinic in
                let error = try await failure {
                    try await clinic.owner.transaction(clinic.first) { transaction in
                        try await transaction.query("insert into {location}.item values (2, 'x')")
                        _ = try? await transaction.query("insert into {location}.item values (1, 'x')")
                        let again = try await failure { try await transaction.query("select 1") }
                        #expect(again.sqlState == .uniqueViolation)
                    }
                }
                #expect(error.constraint == "item_pkey")
                #expect(try await clinic.names(clinic.first).count == 1)
            }
        }

        @Test("an error of what rides with COMMIT undoes everything, and the connection is used again")
        func failingCommitRollsBack() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.leasedConnections = 1 }
                for _ in 0..<3 {
                    let error = try await failure {
                        try await database.transaction(clinic.first) { transaction in
                            try await transaction.query("insert into {location}.item values (2, 'x')")
                            transaction.enqueue("insert into {location}.note values (1, \(99))")
                        }
                    }
                    #expect(error.constraint == "note_item_fkey")
                }
                #expect(try await clinic.names(clinic.first).count == 1)
                #expect(database.statistics.lost == 0)
                await database.close()
            }
        }

        @Test("a cancelled body undoes everything, the lock is free at once, and the connection is used again")
        func cancelledBodyRollsBack() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.leasedConnections = 1 }
                for _ in 0..<5 {
                    let (queried, ready) = AsyncStream.makeStream(of: Void.self)
                    let task = Task {
                        try await database.transaction(clinic.first) { transaction in
                            try await transaction.query("update {location}.item set name = 'changed' where id = 1")
                            ready.yield()
                            try await Task.sleep(for: .seconds(60))
                        }
                    }
                    for await _ in queried { break }
                    task.cancel()
                    await #expect(throws: CancellationError.self) { try await task.value }
                    let name = try await clinic.owner.transaction(clinic.first) {
                        try require(await $0.query("select name from {location}.item where id = 1 for update nowait").first).decode(
                            String.self
                        )
                    }
                    #expect(name == clinic.firstSchema.name)
                }
                #expect(database.statistics.lost == 0)
                await database.close()
            }
        }

        @Test("a long statement whose caller is cancelled is stopped after the grace, and its connection closed")
        func longStatementIsStopped() async throws {
            let database = try Clinic.database {
                $0.leasedConnections = 1
                $0.cancelGrace = .milliseconds(100)
            }
            let watch = Stopwatch()
            let (sent, ready) = AsyncStream.makeStream(of: Int.self)
            let task = Task {
                try await database.transaction(.login) { transaction in
                    ready.yield(try require(await transaction.query("select pg_backend_pid()").first).decode(Int.self))
                    try await transaction.query("select pg_sleep(60)::text")
                }
            }
            var backend = 0
            for await pid in sent { backend = pid; break }
            try await reach(database) { $0.flights == 2 && $0.inFlight == 1 }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(watch.elapsed < .seconds(10))
            let other = try await database.session(.login) { try require(await $0.query("select pg_backend_pid()").first).decode(Int.self) }
            #expect(other != backend)
            await database.close()
        }

        @Test("what a prelude's check throws comes before the error of a later statement, and undoes everything")
        func preludeComesFirst() async throws {
            try await Clinic.with { clinic in
                let database = clinic.owner
                func book(_ id: Int, taken: Int) async throws {
                    try await database.transaction(clinic.first) { transaction in
                        transaction.prelude(["select name from {location}.item where id = \(taken)", "select 1"]) { rows in
                            #expect(rows.count == 2)
                            if !rows[0].isEmpty { throw Refusal() }
                        }
                        let rows = try await transaction.query("insert into {location}.item values (\(id), 'x') returning id")
                        #expect(try rows.decode(Int.self) == [id])
                    }
                }
                await #expect(throws: Refusal.self) { try await book(1, taken: 1) }  // the insert fails as well
                await #expect(throws: Refusal.self) { try await book(7, taken: 1) }
                #expect(try await failure { try await book(1, taken: 99) }.constraint == "item_pkey")
                try await book(8, taken: 99)
                #expect(try await clinic.ids(clinic.first) == [1, 8])
                await #expect(throws: Refusal.self) {
                    try await database.transaction(clinic.first) { transaction in
                        transaction.prelude(["select 1"]) { _ in throw Refusal() }
                        transaction.enqueue("insert into {location}.item values (9, 'x')")
                    }
                }
                #expect(try await clinic.ids(clinic.first) == [1, 8])
            }
        }

        @Test("a transaction is of no use after its end, nor for two queries at once")
        func misuseIsRefused() async throws {
            try await Clinic.with { clinic in
                var leaked: Transaction?
                try await clinic.owner.transaction(clinic.first) { leaked = $0 }
                let transaction = try require(leaked)
                #expect(try await failure { try await transaction.query("select 1") }.kind == .misuse)
                let twice = try await failure {
                    try await clinic.owner.transaction(clinic.first) { transaction in
                        async let one = transaction.query("select pg_sleep(0.2)::text")
                        async let two = transaction.query("select pg_sleep(0.2)::text")
                        _ = try await (one, two)
                    }
                }
                #expect(twice.kind == .misuse)
            }
        }

        @Test("a read-only transaction refuses to write; racing serializable ones fail to be retried")
        func modes() async throws {
            try await Clinic.with { clinic in
                let error = try await failure {
                    _ = try await clinic.owner.transaction(clinic.first, mode: .readOnly) {
                        try await $0.query("insert into {location}.item values (2, 'x')")
                    }
                }
                #expect(error.sqlState == .readOnlyTransaction)
                let race = try await failure {
                    try await clinic.owner.transaction(clinic.first, mode: .serializable) { outer in
                        try await outer.query("select sum(amount) from {location}.item")
                        try await clinic.owner.transaction(clinic.first, mode: .serializable) { inner in
                            try await inner.query("select sum(amount) from {location}.item")
                            inner.enqueue("insert into {location}.item values (2, 'x', 1)")
                        }
                        outer.enqueue("insert into {location}.item values (3, 'x', 1)")
                    }
                }
                #expect(race.sqlState == .serializationFailure)
                #expect(race.sqlState?.isRetryable == true)
                #expect(try await clinic.ids(clinic.first) == [1, 2])
            }
        }
    }
}

extension Clinic {
    func names(_ scope: Scope) async throws -> [String] {
        try await owner.flight(scope, "select name from {location}.item order by id").decode(String.self)
    }

    func ids(_ scope: Scope) async throws -> [Int] {
        try await owner.flight(scope, "select id from {location}.item order by id").decode(Int.self)
    }
}
