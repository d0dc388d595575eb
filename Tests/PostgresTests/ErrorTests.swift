import Postgres
import TestSupport
import Testing

extension PostgresTests {
    @Suite struct ErrorTests {
        private static func failing() -> [(Statement, SQLState, String?)] {
            [
                ("insert into {location}.item values (1, \("Quillfeather"))", .uniqueViolation, "item_pkey"),
                ("insert into {location}.item values (9, \("Quillfeather"), \(-1))", .checkViolation, "item_amount_check"),
                ("insert into {location}.note values (9, \(77))", .foreignKeyViolation, "note_item_fkey"),
                ("insert into {location}.item values (9, null)", .notNullViolation, nil),
                ("select \("Quillfeather")::int", SQLState("22P02"), nil),
                ("select nonsense from {location}.item", .undefinedColumn, nil),
                ("select 1 from {location}.nonsense", .undefinedTable, nil),
                ("selec 1", .syntaxError, nil),
                ("create table {location}.mine ()", .insufficientPrivilege, nil),
                ("set local statement_timeout = 20; ", .syntaxError, nil),
            ]
        }

        @Test("an error says SQLSTATE, constraint and line, and nothing of the data", .shows("IO-13", "AP-4"))
        func errorsAreRedacted() async throws {
            try await Clinic.with { clinic in
                for (statement, state, constraint) in ErrorTests.failing().dropLast() {
                    let error = try await failure { _ = try await clinic.owner.flight(clinic.first, statement) }
                    #expect(error.kind == .server)
                    #expect(error.sqlState == state)
                    #expect(error.constraint == constraint)
                    let text = "\(error) \(String(reflecting: error.constraint)) \(error.localizedText)"
                    #expect(!text.contains("Quillfeather") && !text.contains("77"))
                    #expect(text.contains("ErrorTests.swift:"))
                }
            }
        }

        @Test("after every error the connection is the login's again, and usable", .shows("TI-5"), arguments: [false, true])
        func roleIsUndone(inTransaction: Bool) async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.leasedConnections = 1 }
                let login = try require(try await database.flight(.login, "select current_user::text, pg_backend_pid()").first)
                let (user, backend) = try login.decode((String, Int).self)
                for (statement, state, _) in ErrorTests.failing().dropLast() {
                    let error = try await failure {
                        if inTransaction {
                            try await database.transaction(clinic.first) { _ = try await $0.query(statement) }
                        } else {
                            _ = try await database.flight(clinic.first, statement)
                        }
                    }
                    #expect(error.sqlState == state)
                    let after =
                        inTransaction
                        ? try await database.session(.login) {
                            try require(await $0.query("select current_user::text, pg_backend_pid()").first)
                        }
                        : try require(try await database.flight(.login, "select current_user::text, pg_backend_pid()").first)
                    #expect(try after.value(0, as: String.self) == user)
                    if !inTransaction { #expect(try after.value(1, as: Int.self) == backend) }
                }
                #expect(database.statistics.lost == 0)
                #expect(database.statistics.opened <= 2)
                await database.close()
            }
        }

        @Test("an error in the second statement undoes the first")
        func flightIsOneTransaction() async throws {
            try await Clinic.with { clinic in
                let error = try await failure {
                    _ = try await clinic.owner.flight(
                        clinic.first,
                        ["insert into {location}.item values (5, \("kept"))", "insert into {location}.item values (1, \("twice"))"]
                    )
                }
                #expect(error.constraint == "item_pkey")
                #expect(error.table == "item")
                let left = try await clinic.owner.flight(clinic.first, "select id from {location}.item")
                #expect(try left.decode(Int.self) == [1])
            }
        }

        @Test("the suffix a sharding server gives a constraint is taken off")
        func shardSuffix() {
            #expect(PostgresError(.server, constraint: "item_pkey_102041").constraint == "item_pkey")
            #expect(PostgresError(.server, constraint: "line_2").constraint == "line_2")
            #expect(PostgresError(.server, constraint: "item").constraint == "item")
        }

        @Test("an unknown database, a wrong password and a wrong authority are refused in time", .shows("AP-5"))
        func connectionIsRefused() async throws {
            let changes: [@Sendable (inout DatabaseSettings) -> Void] = [
                { $0.database = "pgtest_nowhere" }, { $0.password = "wrong" }, { $0.host = "localhost.invalid" }, { $0.port = 1 },
                { $0.tls = .verifyFull(caFile: "/etc/hostname") },
            ]
            for change in changes {
                let database = try Clinic.database {
                    change(&$0)
                    $0.leaseDeadline = .milliseconds(800)
                }
                let watch = Stopwatch()
                let flight = try await failure { _ = try await database.flight(.login, "select 1") }
                #expect(flight.kind == .notSent)
                let transaction = try await failure { _ = try await database.transaction(.login) { try await $0.query("select 1") } }
                #expect(transaction.kind == .notSent)
                #expect(watch.elapsed < .seconds(4))
                #expect(!"\(database.settings)".contains(database.settings.password))
                await database.close()
            }
        }
    }
}

extension PostgresError {
    fileprivate var localizedText: String { "\(String(describing: self)) \(table ?? "")" }
}
