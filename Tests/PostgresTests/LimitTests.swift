import Postgres
import TestSupport
import Testing

extension PostgresTests {
    @Suite struct LimitTests {
        @Test("who waits for a connection longer than the deadline is told so, and the next one is served in turn")
        func leaseDeadline() async throws {
            let database = try Clinic.database {
                $0.leasedConnections = 1
                $0.leaseDeadline = .milliseconds(300)
            }
            try await database.transaction(.login) { transaction in
                try await transaction.query("select 1")
                let (start, watch) = (ContinuousClock.now, Stopwatch())
                let error = try await failure { _ = try await database.transaction(.login) { try await $0.query("select 2") } }
                #expect(error.kind == .timeout)
                #expect(.now - start >= .milliseconds(290) && watch.elapsed < .milliseconds(1500))
            }
            try await database.transaction(.login) { try await $0.query("select 3") }
            await database.close()
        }

        @Test("a full queue refuses at once, on both lanes; a cancelled waiter leaves it")
        func queueBound() async throws {
            let database = try Clinic.database {
                $0.leasedConnections = 1
                $0.sharedDepth = 1
                $0.queueLimit = 2
            }
            try await database.transaction(.login) { transaction in
                try await transaction.query("select 1")
                let waiters = (0..<2).map { _ in Task { try await database.transaction(.login) { try await $0.query("select 2") } } }
                try await reach(database) { $0.waiting == 2 }
                let error = try await failure { _ = try await database.transaction(.login) { try await $0.query("select 3") } }
                #expect(error.kind == .overloaded)
                for waiter in waiters { waiter.cancel() }
                for waiter in waiters { await #expect(throws: CancellationError.self) { try await waiter.value } }
                try await reach(database) { $0.waiting == 0 }
            }
            let slow = Task { try await database.flight(.login, "select pg_sleep(2)::text") }
            try await reach(database) { $0.inFlight == 1 }
            let waiters = (0..<2).map { number in Task { try await database.flight(.login, "select \(number)") } }
            try await reach(database) { $0.waiting == 2 }
            #expect(try await failure { _ = try await database.flight(.login, "select 9") }.kind == .overloaded)
            waiters[0].cancel()
            await #expect(throws: CancellationError.self) { try await waiters[0].value }
            #expect(try await waiters[1].value.decode(Int.self) == [1])
            _ = try await slow.value
            #expect(database.statistics.refused == 2)
            await database.close()
        }

        @Test("one location's flood on the shared lane does not delay another's read", .shows("RS-6"))
        func floodOfOneLocation() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.sharedPerSchema = 4 }
                let flood = (0..<300).map { _ in
                    Task { try await database.flight(clinic.first, "select pg_sleep(0.01)::text from {location}.item") }
                }
                try await reach(database) { $0.waiting > 250 }
                let watch = Stopwatch()
                #expect(try await database.flight(clinic.second, "select name from {location}.item").count == 1)
                #expect(try await database.flight(.login, "select 1").count == 1)
                #expect(watch.elapsed < .seconds(1))
                for task in flood { #expect(try await task.value.count == 1) }
                await database.close()
            }
        }

        @Test("waiters are served first come, first served")
        func fairness() async throws {
            let database = try Clinic.database { $0.leasedConnections = 1 }
            let (order, served) = AsyncStream.makeStream(of: Int.self)
            var tasks: [Task<Void, any Error>] = []
            try await database.transaction(.login) { transaction in
                try await transaction.query("select 1")
                for number in 0..<10 {
                    tasks.append(
                        Task {
                            try await database.transaction(.login) {
                                try await $0.query("select 2")
                                served.yield(number)
                            }
                        }
                    )
                    try await reach(database) { $0.waiting == number + 1 }
                }
            }
            for task in tasks { try await task.value }
            served.finish()
            #expect(await order.reduce(into: []) { $0.append($1) } == Array(0..<10))
            await database.close()
        }

        @Test("an answer that does not come closes its connection, and the requests behind it are answered on another")
        func answerDeadline() async throws {
            let database = try Clinic.database { $0.answerDeadline = .milliseconds(400) }
            try await database.flight(.login, "select 0")
            let stuck = Task { try await failure { _ = try await database.flight(.login, "select pg_sleep(3)::text") } }
            try await reach(database) { $0.inFlight == 1 }
            let behind = try await database.flight(.login, "select 7")
            #expect(try behind.decode(Int.self) == [7])
            #expect(try await stuck.value.kind == .timeout)
            let leased = try await failure { _ = try await database.transaction(.login) { try await $0.query("select pg_sleep(3)::text") } }
            #expect(leased.kind == .timeout)
            try await reach(database) { $0.lost == 2 }
            await database.close()
        }

        @Test("a connection keeps at most so many prepared statements, on the server too", .shows("JF-13"))
        func statementsAreCapped() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database {
                    $0.maximumStatements = 16
                    $0.leasedConnections = 1
                }
                for number in 0..<400 {
                    var statement: Statement = "select 0"
                    for _ in 0..<number / 2 { statement += ", \(number)" }
                    if number % 2 == 0 {
                        try await database.flight(clinic.first, statement)
                    } else {
                        try await database.transaction(clinic.first) { try await $0.query(statement) }
                    }
                }
                let count: Statement = "select count(*) from pg_prepared_statements"
                // Those on their way out are not yet gone: an eighth of the cap.
                #expect(try require(try await database.flight(.login, count).first).decode(Int.self) <= 20)
                let leased = try await database.session(.login) { try require(await $0.query(count).first).decode(Int.self) }
                #expect(leased <= 20)
                #expect(database.statistics.prepared >= 200)
                #expect(database.statistics.lost == 0)
                await database.close()
            }
        }

        @Test("a connection that is old, or has met many schemas, is replaced without a failure", .shows("JF-13"))
        func connectionsRetire() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database {
                    $0.maximumSchemas = 1
                    $0.leasedConnections = 1
                }
                var backends: Set<Int> = []
                for round in 0..<40 {
                    let scope = round % 2 == 0 ? clinic.first : clinic.second
                    let asked: Statement = "select pg_backend_pid() from {location}.item"
                    backends.insert(try require(try await database.flight(scope, asked).first).decode(Int.self))
                    backends.insert(try await database.transaction(scope) { try require(await $0.query(asked).first).decode(Int.self) })
                }
                #expect(backends.count > 4)
                #expect(database.statistics.lost == 0)
                await database.close()
            }
        }

        @Test("a closed database refuses, and lets what is under way finish")
        func closing() async throws {
            let database = try Clinic.database()
            let slow = Task { try await database.flight(.login, "select pg_sleep(0.3)::text, 5") }
            try await reach(database) { $0.inFlight == 1 }
            async let closed: Void = database.close()
            #expect(try await slow.value.count == 1)
            await closed
            #expect(try await failure { _ = try await database.flight(.login, "select 1") }.kind == .closed)
            #expect(try await failure { _ = try await database.transaction(.login) { try await $0.query("select 1") } }.kind == .closed)
            #expect(try await failure { try await database.flushed() }.kind == .closed)
        }

        @Test("a reactor that was shut down refuses everything")
        func shutdown() async throws {
            let reactor = Reactor(name: "pg-short")
            let database = try Clinic.database(on: reactor)
            try await database.flight(.login, "select 1")
            await reactor.shutdown()
            #expect(try await failure { _ = try await database.flight(.login, "select 1") }.kind == .closed)
            await database.close()
            await reactor.shutdown()
        }
    }
}

/// Waits until the numbers are as wished; the reactor writes them at the end of each of its turns.
func reach(_ database: Database, _ isReached: (DatabaseStatistics) -> Bool) async throws {
    let watch = Stopwatch()
    while !isReached(database.statistics) {
        guard watch.elapsed < .seconds(5) else { throw NothingThere() }
        await Task.yield()
    }
}
