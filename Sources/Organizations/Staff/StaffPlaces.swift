import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

extension Call {
    /// The locations whose staff the caller may see; nil when it is everybody. Who may see the staff of some locations sees those with a
    /// grant there, and those with one for the whole organization.
    var staffPlaces: [LocationID]? {
        get throws {
            guard case .only(let locations) = caller.locations(with: .staffRead, in: try organization) else { return nil }
            return locations.sorted()
        }
    }

    /// The staff member of the path, if the caller may see them. Errors: `not_found`.
    func requireVisibleStaff() async throws -> StaffID {
        let id = try path.id("staff", StaffID.self)
        guard let places = try staffPlaces else { return id }
        guard try await !tenancy.organizationRead(try organization, StaffMember.one(id, at: places)).isEmpty else { throw Problem.notFound }
        return id
    }
}

extension OrganizationWork {
    var staffing: Staffing {
        Staffing(tx, organization: organization, by: caller, now: now, ambient: ambient, expectedVersion: expectedVersion)
    }
}
