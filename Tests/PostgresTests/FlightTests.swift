import Postgres
import TestSupport
import Testing

extension PostgresTests {
    @Suite struct FlightTests {
        @Test("a flight reads under the role and in the schema of its scope", .shows("TI-5"))
        func readsUnderRole() async throws {
            try await Clinic.with { clinic in
                let rows = try await clinic.owner.flight(
                    clinic.first,
                    ["select current_user::text, name from {location}.item where id = \(1)", "select \(2) + 1"]
                )
                let (user, name) = try require(rows[0].first).decode((String, String).self)
                #expect(user == clinic.firstSchema.name)
                #expect(name == clinic.firstSchema.name)
                #expect(try require(rows[1].first).decode(Int.self) == 3)
            }
        }

        @Test("another location's table is refused by the role", .shows("TI-4"))
        func foreignTableIsRefused() async throws {
            try await Clinic.with { clinic in
                let wrong = Scope.role(try require(RoleName(clinic.firstSchema.name)), schema: clinic.secondSchema)
                let error = try await failure { _ = try await clinic.owner.flight(wrong, "select name from {location}.item") }
                #expect(error.sqlState == .insufficientPrivilege)
            }
        }
    }
}
