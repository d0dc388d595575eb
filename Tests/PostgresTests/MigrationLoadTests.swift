import Postgres
import TestSupport
import Testing

extension PostgresTests {
    @Suite struct MigrationLoadTests {
        @Test("a column that changes its type under load fails no read and no first query of a transaction", .shows("JF-9"))
        func alteredType() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database()
                let isOver = Tally()
                let reads = Tally()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for reader in 0..<12 {
                        group.addTask {
                            while isOver.count == 0 {
                                let asked: Statement = "select amount from {location}.item where id = \(1)"
                                let rows =
                                    switch reader % 3 {
                                    case 0: try await database.flight(clinic.first, asked)
                                    case 1: try await database.session(clinic.first) { try await $0.query(asked) }
                                    default: try await database.transaction(clinic.first) { try await $0.query(asked) }
                                    }
                                #expect(try rows.decode(Int.self) == [1])
                                reads.add()
                            }
                        }
                    }
                    for round in 0..<12 {
                        let type = round % 2 == 0 ? "bigint" : "int"
                        try await clinic.owner.script(
                            SQLFile(text: "alter table {location}.item alter amount type \(type)", schema: clinic.firstSchema)
                        )
                        let seen = reads.count
                        while reads.count < seen + 100, !group.isCancelled { await Task.yield() }
                    }
                    isOver.add()
                    try await group.waitForAll()
                }
                #expect(database.statistics.lost == 0)
                await database.close()
            }
        }
    }
}
