import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

/// Changes a provider. Appointments stay as they are.
struct ChangeProvider {
    let id: ProviderID
    let body: ChangeProviderBody
    let tenancy: Tenancy

    func run(_ work: Work) async throws -> Provider {
        guard let row = try await work.query(ProviderStore.locked(id)).first else { throw Problem.notFound }
        let old = try ProviderStore.provider(row)
        try work.expect(old.version)
        var new = old
        new.givenName = body.givenName ?? old.givenName
        new.familyName = body.familyName ?? old.familyName
        new.npi = body.npi.applied(to: old.npi)
        new.taxonomy = body.taxonomy.applied(to: old.taxonomy)
        new.lanes = body.lanes ?? old.lanes
        new.shared = body.shared ?? old.shared
        new.active = body.active ?? old.active
        guard new != old else { return old }
        if old.shared && !new.shared { try await AllotmentStore.checkUnshared(id.resource, work, tenancy) }
        new.version += 1
        new.updatedAt = work.now
        work.audit(Act("provider.change", "provider", id, changed: ChangeProvider.changed(old, new)))
        do {
            let actor = work.caller.actor.id
            _ = try await work.query([ResourceStore.update(new.resource, by: actor), ProviderStore.update(new, by: actor)])
        } catch let error as PostgresError {
            throw ResourceStore.problem(error)
        }
        return new
    }

    /// The names of the members that differ.
    static func changed(_ old: Provider, _ new: Provider) -> [String] {
        var names: [String] = []
        if old.givenName != new.givenName { names.append("given_name") }
        if old.familyName != new.familyName { names.append("family_name") }
        if old.npi != new.npi { names.append("npi") }
        if old.taxonomy != new.taxonomy { names.append("taxonomy") }
        return names + ChangeResource.changed(old.resource, new.resource).filter { $0 != "name" }
    }
}
