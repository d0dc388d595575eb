import Postgres
import Tenancy
public import Values

/// The caller's own account and where it belongs.
public struct Account: Sendable {
    public struct Place: Sendable {
        public let organization: OrganizationID
        public let organizationName: String
        public let staff: StaffID
        public let name: String
        public let state: String
    }

    public let id: AccountID
    public let email: String
    public let isPlatformOperator: Bool
    public let places: [Place]
}

extension Access {
    public func account(of caller: Caller) async throws -> Account {
        let (id, _) = try signedIn(caller)
        let rows = try await tenancy.signInRead(
            """
            select a.email, a.platform_operator, m.organization_id, o.name, m.id, m.name, m.state from control.account a \
            left join control.staff m on m.account_id = a.id left join control.organization o on o.id = m.organization_id \
            where a.id = \(id) order by o.name, m.id limit 100
            """
        )
        guard let first = rows.first else { throw Access.notSignedIn }
        let places = try rows.compactMap { row -> Account.Place? in
            guard let organization = try row.value(2, as: OrganizationID?.self) else { return nil }
            return Account.Place(
                organization: organization,
                organizationName: try row.value(3),
                staff: try row.value(4),
                name: try row.value(5),
                state: try row.value(6)
            )
        }
        return Account(id: id, email: try first.value(0), isPlatformOperator: try first.value(1), places: places)
    }
}
