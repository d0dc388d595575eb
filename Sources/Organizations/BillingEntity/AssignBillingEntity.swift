import Access
import Jobs
import Postgres
import Values

/// Says which billing entity bills for a location. Each location has one at most, so an assignment replaces another.
struct AssignBillingEntity {
    let entity: BillingEntityID
    let location: LocationID

    func run(_ work: OrganizationWork) async throws -> BillingEntity {
        guard let row = try await work.query(BillingEntityStore.locked(entity)).first else { throw Problem.notFound }
        let before = try BillingEntityStore.entity(row)
        guard !before.locations.contains(location) else { return before }
        work.enqueue(BillingEntityStore.unassign(location, of: nil))
        work.enqueue(BillingEntityStore.assign(location, to: entity, of: work.organization))
        work.audit(Act("billing_entity.assign", "billing_entity", entity, changed: ["locations"], objects: [location.uuid]))
        guard let row = try await work.query(BillingEntityStore.one(entity)).first else { throw Problem.notFound }
        return try BillingEntityStore.entity(row)
    }

    /// The location has no billing entity afterwards, and its encounters cannot be claimed.
    func undo(_ work: OrganizationWork) async throws {
        guard try await !work.query(BillingEntityStore.unassign(location, of: entity)).isEmpty else { throw Problem.notFound }
        work.audit(Act("billing_entity.unassign", "billing_entity", entity, changed: ["locations"], objects: [location.uuid]))
    }
}
