import Access
import Jobs
import Postgres
import Values

/// Adds a provider and their calendar.
struct CreateProvider {
    let body: CreateProviderBody

    func run(_ work: Work) async throws -> Provider {
        guard body.id == nil || body.shared else { throw CreateResource.idWithoutSharing }
        let provider = Provider(
            id: body.id ?? work.id(),
            givenName: body.givenName,
            familyName: body.familyName,
            npi: body.npi,
            taxonomy: body.taxonomy,
            lanes: body.lanes,
            shared: body.shared,
            active: true,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        work.audit(Act("provider.create", "provider", provider.id))
        do {
            let actor = work.caller.actor.id
            _ = try await work.query([ResourceStore.insert(provider.resource, by: actor), ProviderStore.insert(provider, by: actor)])
        } catch let error as PostgresError {
            throw ResourceStore.problem(error)
        }
        return provider
    }
}
