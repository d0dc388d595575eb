public import Postgres
public import Values

/// An account's membership in an organization; before the invitation is accepted there is no account.
public struct StaffMember: Sendable {
    public enum State: String, Sendable, CaseIterable {
        case invited, active, suspended
    }

    public let id: StaffID
    public let account: AccountID?
    public let name: String
    public let email: String
    public let state: State
    public let version: Int
    public let createdAt: Instant
    public let updatedAt: Instant

    private static let columns: Statement = "select id, account_id, name, email, state, version, created_at, updated_at from control.staff"

    /// In the order they were invited. `at`: only those with a grant at one of these locations or organization-wide; nil is everybody.
    public static func page(after: StaffID?, at locations: [LocationID]? = nil, limit: Int) -> Statement {
        columns + " where (\(after)::uuid is null or id > \(after))" + having(locations) + " order by id limit \(limit)"
    }

    public static func one(_ id: StaffID, at locations: [LocationID]? = nil) -> Statement {
        columns + " where id = \(id)" + having(locations)
    }

    private static func having(_ locations: [LocationID]?) -> Statement {
        guard let locations else { return "" }
        return """
             and exists (select from control.staff_grant g where g.staff_id = staff.id \
            and (g.location_id is null or g.location_id = any (\(locations))))
            """
    }

    public init(_ row: Row) throws {
        id = try row.value(0)
        account = try row.value(1)
        name = try row.value(2)
        email = try row.value(3)
        state = State(rawValue: try row.value(4)) ?? .suspended
        version = try row.value(5)
        createdAt = try row.value(6)
        updatedAt = try row.value(7)
    }
}

/// An invitation to join. The token is shown this once; whoever has it can join.
public struct Invitation: Sendable {
    public let staff: StaffID
    public let token: String
    public let expiresAt: Instant
}
