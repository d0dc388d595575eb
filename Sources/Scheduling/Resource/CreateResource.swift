import Access
import Jobs
import Postgres
import Values

/// Adds a room, a chair or a device.
struct CreateResource {
    let body: CreateResourceBody

    static let idWithoutSharing = Problem.invalid(
        "/id",
        "not_shared",
        "Only a shared resource, which another location has already, comes with its id."
    )

    func run(_ work: Work) async throws -> Resource {
        guard body.id == nil || body.shared else { throw CreateResource.idWithoutSharing }
        let resource = Resource(
            id: body.id ?? work.id(),
            kind: body.kind.kind,
            name: body.name,
            lanes: body.lanes,
            shared: body.shared,
            active: true,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        work.audit(Act("resource.create", "resource", resource.id))
        do {
            try await work.query(ResourceStore.insert(resource, by: work.caller.actor.id))
        } catch let error as PostgresError {
            throw ResourceStore.problem(error)
        }
        return resource
    }
}
