import Access
import Jobs
import Postgres
import Values

/// Adds a billing entity. Its tax id is sealed before it is stored.
struct CreateBillingEntity {
    let body: BillingEntityBody
    let keys: KeyRing

    func run(_ work: OrganizationWork) async throws -> BillingEntity {
        guard let npi = body.npi else { throw Problem.invalid("/npi", "required", "Send this member.") }
        try body.address.check()
        try body.contact.check()
        let entity = BillingEntity(
            id: work.id(),
            name: body.name,
            npi: npi,
            taxIDTail: String(body.taxID.suffix(4)),
            taxonomy: body.taxonomy,
            address: body.address,
            contact: body.contact,
            route: body.route,
            testMode: body.testMode,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        let sealed = try keys.seal(body.taxID, for: .taxID(of: entity.id, in: work.organization))
        do {
            try await work.query(BillingEntityStore.insert(entity, sealed: sealed, of: work.organization, by: work.caller.actor.id))
        } catch let error as PostgresError where error.constraint == "billing_entity_name" {
            throw BillingEntity.nameTaken
        }
        work.audit(Act("billing_entity.create", "billing_entity", entity.id))
        return entity
    }
}

extension SealContext {
    /// Claims opens it under the same name.
    static func taxID(of entity: BillingEntityID, in organization: OrganizationID) -> SealContext {
        SealContext(organization: organization, table: "billing_entity", id: entity.uuid, column: "tax_id")
    }
}
