import Access
import Jobs
import Postgres
import Values

/// Renames the organization.
struct ChangeOrganization {
    let body: ChangeOrganizationBody

    func run(_ work: OrganizationWork) async throws -> Organization {
        let rows: Rows
        do {
            rows = try await work.query(
                OrganizationStore.rename(
                    work.organization,
                    to: body.name,
                    expected: work.expectedVersion,
                    at: work.now,
                    by: work.caller.actor.id
                )
            )
        } catch let error as PostgresError where error.constraint == "organization_name" {
            throw Organization.nameTaken
        }
        guard let row = rows.first else { throw Problem.stale }
        work.audit(Act("organization.change", "organization", work.organization, changed: ["name"]))
        return try OrganizationStore.organization(row)
    }
}
