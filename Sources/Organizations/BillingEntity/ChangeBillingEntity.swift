import Access
import Jobs
import Postgres
import Values
import Web

/// Changes a billing entity: what the body does not name stays.
struct ChangeBillingEntity {
    let id: BillingEntityID
    let body: BillingEntityChange
    let keys: KeyRing

    func run(_ work: OrganizationWork) async throws -> BillingEntity {
        guard let row = try await work.query(BillingEntityStore.locked(id)).first else { throw Problem.notFound }
        let old = try BillingEntityStore.entity(row)
        try work.expect(old.version)
        try body.address?.check()
        try body.contact?.check()
        var new = old
        new.name = body.name ?? old.name
        new.npi = body.npi ?? old.npi
        new.taxonomy = body.taxonomy.applied(to: old.taxonomy)
        new.address = body.address ?? old.address
        new.contact = body.contact ?? old.contact
        new.route = body.route ?? old.route
        new.testMode = body.testMode ?? old.testMode
        new.taxIDTail = body.taxID.map { String($0.suffix(4)) } ?? old.taxIDTail
        let changed = new.changed(from: old) + (body.taxID == nil ? [] : ["tax_id"])
        guard !changed.isEmpty else { return old }
        new.version += 1
        new.updatedAt = work.now
        let sealed = try body.taxID.map { try keys.seal($0, for: .taxID(of: id, in: work.organization)) }
        do {
            try await work.query(BillingEntityStore.update(new, sealed: sealed, by: work.caller.actor.id))
        } catch let error as PostgresError where error.constraint == "billing_entity_name" {
            throw BillingEntity.nameTaken
        }
        work.audit(Act("billing_entity.change", "billing_entity", id, changed: changed))
        return new
    }
}
