import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Changes a room, a chair or a device. Appointments that use it stay as they are.
struct ChangeResource {
    let id: ResourceID
    let body: ChangeResourceBody
    let tenancy: Tenancy

    func run(_ work: Work) async throws -> Resource {
        guard let row = try await work.query(ResourceStore.lockedEquipment(id)).first else { throw Problem.notFound }
        let old = try ResourceStore.resource(row)
        try work.expect(old.version)
        var new = old
        new.name = body.name ?? old.name
        new.lanes = body.lanes ?? old.lanes
        new.shared = body.shared ?? old.shared
        new.active = body.active ?? old.active
        guard new != old else { return old }
        if old.shared && !new.shared { try await AllotmentStore.checkUnshared(id, work, tenancy) }
        new.version += 1
        new.updatedAt = work.now
        work.audit(Act("resource.change", "resource", id, changed: ChangeResource.changed(old, new)))
        do {
            try await work.query(ResourceStore.update(new, by: work.caller.actor.id))
        } catch let error as PostgresError {
            throw ResourceStore.problem(error)
        }
        return new
    }

    /// The names of the members that differ.
    static func changed(_ old: Resource, _ new: Resource) -> [String] {
        var names: [String] = []
        if old.name != new.name { names.append("name") }
        if old.lanes != new.lanes { names.append("lanes") }
        if old.shared != new.shared { names.append("shared") }
        if old.active != new.active { names.append("active") }
        return names
    }
}
