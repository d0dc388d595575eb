import Postgres
import Testing

@Suite struct FlightTests {
    @Test("a flight reads under the role and in the schema of its scope")
    func readsUnderRole() async throws {
        try await Clinic.with { clinic in
            let rows = try await clinic.owner.flight(
                clinic.first, ["select current_user::text, name from {location}.item where id = \(1)", "select \(2) + 1"]
            )
            let (user, name) = try require(rows[0].first).decode((String, String).self)
            #expect(user == clinic.firstSchema.name)
            #expect(name == clinic.firstSchema.name)
            #expect(try require(rows[1].first).decode(Int.self) == 3)
        }
    }

    @Test("another location's table is refused by the role")
    func foreignTableIsRefused() async throws {
        try await Clinic.with { clinic in
            let wrong = Scope.role(try require(RoleName(clinic.firstSchema.name)), schema: clinic.secondSchema)
            let error = try await failure { _ = try await clinic.owner.flight(wrong, "select name from {location}.item") }
            #expect(error.sqlState == .insufficientPrivilege)
        }
    }

    @Test("a transaction commits what it wrote, in two flights")
    func transactionCommits() async throws {
        try await Clinic.with { clinic in
            let counter = FlightCounter()
            let name = try await FlightCounter.$current.withValue(counter) {
                try await clinic.owner.transaction(clinic.first) { transaction in
                    let name = try require(await transaction.query("select name from {location}.item where id = 1").first).decode(String.self)
                    transaction.enqueue("insert into {location}.item values (\(2), \("two"), \(Int?.none))")
                    transaction.enqueue("insert into {location}.note values (\(1), \(2))")
                    return name
                }
            }
            #expect(name == clinic.firstSchema.name)
            #expect(counter.count == 2)
            let found = try await clinic.owner.flight(clinic.first, "select i.name, i.amount from {location}.note n join {location}.item i on i.id = n.item")
            let (two, amount) = try require(found.first).decode((String, Int?).self)
            #expect(two == "two")
            #expect(amount == nil)
        }
    }
}
