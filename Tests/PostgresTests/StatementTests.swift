import Postgres
import TestSupport
import Testing

extension PostgresTests {
    @Suite struct StatementTests {
        @Test("pieces put together number their binds themselves")
        func piecesAreNumbered() async throws {
            let database = try Clinic.database()
            var search: Statement = "select n from generate_series(1, \(Int32(20))) n where n > \(Int32(3))"
            search += " and n < \(Int32(9))"
            let rows = try await database.flight(.login, search + " and n % \(Int32(2)) = 0 order by n limit \(2)")
            #expect(try rows.decode(Int.self) == [4, 6])
            await database.close()
        }

        @Test("the same literal with binds of other types is another statement")
        func typesBelongToTheStatement() async throws {
            let database = try Clinic.database()
            func type(_ value: some Bindable) async throws -> String {
                try require(try await database.flight(.login, "select pg_typeof(\(value))::text").first).decode(String.self)
            }
            #expect(try await type(1) == "bigint")
            #expect(try await type("1") == "text")
            #expect(try await type(1) == "bigint")
            await database.close()
        }

        @Test("a location in a scope without a schema is refused before anything is sent")
        func locationNeedsASchema() async throws {
            let database = try Clinic.database()
            let error = try await failure { _ = try await database.flight(.login, "select 1 from {location}.item") }
            #expect(error.kind == .misuse)
            await database.close()
        }

        @Test("names that are no plain identifiers are refused", .shows("TI-5", "TI-8", "IO-11"))
        func namesAreValidated() {
            for name in ["", "1a", "A", "a-b", "a\"b", "a b", "ä", "_a", String(repeating: "a", count: 51)] {
                #expect(SchemaName(name) == nil)
                #expect(RoleName(name) == nil)
            }
            #expect(SchemaName("loc_1") != nil)
            #expect(SchemaName(String(repeating: "a", count: 50)) != nil)
        }

        @Test("a value bound next to a literal stays a value", .shows("TI-5", "IO-1"))
        func valuesAreNotText() async throws {
            let database = try Clinic.database()
            let evil = "'; drop schema public; -- {location} $1"
            #expect(try require(try await database.flight(.login, "select \(evil)").first).decode(String.self) == evil)
            await database.close()
        }

        @Test("unprepared statements, as behind a pooler, give the same", .shows("TI-14"))
        func unprepared() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.prepared = false }
                let name = try await database.flight(clinic.first, "select name from {location}.item where id = \(1)")
                #expect(try name.decode(String.self) == [clinic.firstSchema.name])
                let sum = try await database.transaction(clinic.first) { transaction in
                    transaction.enqueue("insert into {location}.item values (2, \("b"), 2)")
                    return try require(await transaction.query("select sum(amount) from {location}.item").first).decode(Int.self)
                }
                #expect(sum == 3)
                #expect(database.statistics.prepared == 0)
                await database.close()
            }
        }
    }
}
