import Postgres
import Testing

extension PostgresTests {
    @Suite struct FlushTests {
        @Test("flushed() puts on disk what committed asynchronously before it")
        func flushesEarlierCommits() async throws {
            try await Clinic.with { clinic in
                for round in 0..<20 {
                    let rows = try await clinic.owner.flight(
                        clinic.first,
                        [
                            "select set_config('synchronous_commit', 'off', true)",
                            "insert into {location}.item values (\(100 + round), 'x')",
                        ]
                    )
                    #expect(rows[1].affected == 1)
                    // Where the log ends after the commit; at that moment it is not yet on disk.
                    let end = try await clinic.owner.flight(.login, "select pg_current_wal_insert_lsn()::text").decode(String.self)
                    try await clinic.owner.flushed()
                    let flushed = try await clinic.owner.flight(.login, "select pg_current_wal_flush_lsn() >= \(end[0])::text::pg_lsn")
                    #expect(try flushed.decode(Bool.self) == [true])
                }
            }
        }

        @Test("a durable flight's answer comes after its commit is on disk")
        func durableFlight() async throws {
            try await Clinic.with { clinic in
                for round in 0..<20 {
                    let rows = try await clinic.owner.flight(
                        clinic.first,
                        [
                            "select set_config('synchronous_commit', 'off', true)",
                            "insert into {location}.item values (\(100 + round), 'x')",
                            "select pg_current_wal_insert_lsn()::text",
                        ],
                        durability: .flushed
                    )
                    let end = try require(rows[2].first).decode(String.self)
                    let flushed = try await clinic.owner.flight(.login, "select pg_current_wal_flush_lsn() > \(end)::text::pg_lsn")
                    #expect(try flushed.decode(Bool.self) == [true])
                }
            }
        }

        @Test("many who wait share few commits")
        func commitsAreShared() async throws {
            let database = try Clinic.database()
            try await database.flushed()
            let before = database.statistics.flights
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<500 { group.addTask { try await database.flushed() } }
                try await group.waitForAll()
            }
            #expect(database.statistics.flights - before < 100)
            await database.close()
        }

        @Test("a commit waits a moment for answers that are under way and will want one too")
        func commitWaitsForThoseUnderWay() async throws {
            let database = try Clinic.database()
            try await database.flushed()
            let before = database.statistics.flights
            for _ in 0..<30 {
                // One after another on one connection: without waiting, the first has its commit to itself.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 { group.addTask { try await database.flight(.login, "select pg_sleep(0.001)", durability: .flushed) } }
                    try await group.waitForAll()
                }
            }
            let commits = database.statistics.flights - before - 90
            #expect(commits >= 30 && commits < 50)
            await database.close()
        }

        @Test("who waits for a commit does not wait for an answer that takes its time")
        func commitDoesNotWaitForLong() async throws {
            let database = try Clinic.database()
            try await database.flushed()
            let sent = database.statistics.flights
            let quick = Task {
                try await database.flight(.login, "select pg_sleep(0.02)", durability: .flushed)
                return ContinuousClock.now
            }
            try await reach(database) { $0.flights > sent }
            // On the same connection, behind the first.
            let slow = Task {
                try await database.flight(.login, "select pg_sleep(1)", durability: .flushed)
                return ContinuousClock.now
            }
            let first = try await quick.value
            #expect(try await slow.value - first > .milliseconds(500))
            await database.close()
        }
    }
}
