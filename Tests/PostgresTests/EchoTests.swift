import Postgres
import TestSupport
import Testing

extension PostgresTests {
    @Suite struct EchoTests {
        private enum Lane: CaseIterable { case shared, leased }

        @Test("5,000 nonces come back to their own requests while others are cancelled, on both lanes", .shows("TI-6", "TI-14"))
        func noncesComeBack() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.leasedConnections = 3 }
                let scopes = [clinic.first, clinic.second, Scope.login]
                var answered = 0
                var cancelled = 0
                for block in 0..<50 {
                    let (answers, cancellations) = try await withThrowingTaskGroup(of: Bool.self, returning: (Int, Int).self) { group in
                        for number in 0..<100 {
                            let nonce = Int.random(in: 0...Int.max)
                            let lane = number % 4 == 0 ? Lane.leased : .shared
                            let isCancelled = number % 7 == block % 7
                            let scope = scopes[number % 3]
                            group.addTask {
                                let echo = Task { try await EchoTests.echo(nonce, lane, scope, database) }
                                if isCancelled {
                                    for _ in 0..<Int.random(in: 0...40) { await Task.yield() }
                                    echo.cancel()
                                }
                                do {
                                    let value = try await echo.value
                                    #expect(value == nonce)
                                    return true
                                } catch is CancellationError {
                                    #expect(isCancelled)
                                    return false
                                }
                            }
                        }
                        var counts = (0, 0)
                        for try await wasAnswered in group { if wasAnswered { counts.0 += 1 } else { counts.1 += 1 } }
                        return counts
                    }
                    answered += answers
                    cancelled += cancellations
                }
                #expect(answered + cancelled == 5000)
                #expect(cancelled > 0)
                #expect(database.statistics.lost <= max(cancelled / 100, 1))
                try await reach(database) { $0.leased == 0 }
                await database.close()
            }
        }

        private static func echo(_ nonce: Int, _ lane: Lane, _ scope: Scope, _ database: Database) async throws -> Int {
            switch lane {
            case .shared: return try require(try await database.flight(scope, "select \(nonce)").first).decode(Int.self)
            case .leased:
                return try await database.transaction(scope) { transaction in
                    let first = try require(await transaction.query("select \(nonce)").first).decode(Int.self)
                    let second = try require(await transaction.query("select \(first) # \(0)").first).decode(Int.self)
                    #expect(first == second)
                    return second
                }
            }
        }

        @Test("a connection shared by two scopes never mixes them, through 1,000 failures of every kind", .shows("TI-6"))
        func scopesDoNotLeak() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.leasedConnections = 1 }
                let kinds: [Statement] = [
                    "insert into {location}.item values (1, 'twice')", "select 1 / \(0)", "select nonsense from {location}.item",
                    "select 1 from {location}.nowhere", "select \("x\0y")", "select set_config('role', 'postgres', true)", "selec",
                ]
                for round in 0..<1000 {
                    let (mine, schema) = round % 2 == 0 ? (clinic.first, clinic.firstSchema) : (clinic.second, clinic.secondSchema)
                    let wrong = kinds[round % kinds.count]
                    let who: Statement = "select current_user::text, name from {location}.item where id = 1"
                    let found: Row
                    if round % 3 == 0 {
                        _ = try? await database.transaction(mine) { _ = try await $0.query(wrong) }
                        found = try await database.transaction(mine) { try require(await $0.query(who).first) }
                    } else if round % 3 == 1 {
                        _ = try? await database.session(mine) { _ = try await $0.query(wrong) }
                        found = try await database.session(mine) { try require(await $0.query(who).first) }
                    } else {
                        _ = try? await database.flight(mine, wrong)
                        found = try require(try await database.flight(mine, who).first)
                    }
                    let (user, name) = try found.decode((String, String).self)
                    #expect(user == schema.name && name == schema.name)
                }
                #expect(database.statistics.lost == 0)
                #expect(database.statistics.opened == 2)
                await database.close()
            }
        }
    }
}
