import Postgres
import Tenancy
import Values

/// Goes through all organizations, for what time asks of each.
struct OrganizationWalk {
    let tenancy: Tenancy
    private let step = 500

    init(_ tenancy: Tenancy) {
        self.tenancy = tenancy
    }

    func each(_ body: (OrganizationID) async throws -> Void) async throws {
        var last: OrganizationID?
        while true {
            let rows = try await tenancy.signInRead(OrganizationStore.ids(after: last, limit: step))
            for organization in try rows.map({ try $0.value(0, as: OrganizationID.self) }) {
                try await body(organization)
                last = organization
            }
            if rows.count < step { return }
        }
    }
}
