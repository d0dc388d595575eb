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
    }
}
