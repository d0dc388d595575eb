import FoundationEssentials
import Postgres
public import Values

extension Provisioner {
    /// Removes a suspended location for ever: schema, files, jobs and events, grants, claim routes, reporting facts, role. The directory
    /// keeps the id as removed: ids are not reused. Recorded steps, so a killed removal is simply asked for again.
    ///
    /// What belongs to the organization stays: its trail, its remittances with their posted parts, checkpoints of the location's trail.
    /// Claim files that were put out are the clearing house's. `step` hears what was done. `files` is the folder of the object store.
    ///
    /// Errors: `location_active`, `location_moving`, `location_in_work`, `remittance_waiting` when a payment has still to be posted there.
    public func remove(_ id: LocationID, files: String, _ said: (String) -> Void = { _ in }) async throws {
        try await owner.alone(with: id) { try await removeAlone(id, files: files, said) }
    }

    private func removeAlone(_ id: LocationID, files: String, _ said: (String) -> Void) async throws {
        let location = try await find(id)
        switch location.state {
        case .removed: return
        case .active: throw Problem.conflict("location_active", "Suspend the location before removing it.")
        case .moving: throw Problem.conflict("location_moving", "The location is being moved. Finish that first: polyclinic location move.")
        case .provisioning, .suspended, .removing: break
        }
        try await begin(removing: location)
        try await removalStep("remove schema", location, said) {
            // A move that was given up may have left a second one.
            for database in owner.databases.values {
                try await database.script(SQLFile(text: "drop schema if exists \(location.schema) cascade;"))
            }
        }
        try await removalStep("remove files", location, said) { try LocationFolder(files, id).remove() }
        try await removalStep("remove rights and routes", location, said) { try await removeControlRows(of: id) }
        try await removalStep("remove jobs and events", location, said) {
            // Whoever still holds the directory's old entry, cron for one, lets go of it.
            try await Task.sleep(for: Directory.lifetime)
            for queue in [owner.control] + owner.databases.values {
                try await queue.transaction(.login) { tx in
                    try await QueueRows.clear(location.role, tx)
                }
            }
        }
        try await removalStep("remove role", location, said) {
            try await owner.control.script(SQLFile(text: "drop role if exists \(location.role);"))
        }
        try await owner.control.transaction(.login) { tx in
            tx.enqueue("delete from control.location_step where location_id = \(id)")
            try await tx.query(
                """
                update control.location_directory set state = 'removed', migration_failure = null, moving_to = null, moving_since = null, moved_from = null,
                    updated_at = \(owner.ambient.now()), version = version + 1
                where id = \(id)
                """
            )
        }
    }

    private func removalStep(_ name: String, _ location: Location, _ said: (String) -> Void, _ body: () async throws -> Void) async throws {
        try await step(name, location, body)
        said(name)
    }

    private func begin(removing location: Location) async throws {
        try await owner.control.transaction(.login) { tx in
            let waiting = try await tx.query(
                "select 1 from control.remittance_part where location_id = \(location.id) and state = 'waiting' limit 1"
            )
            guard waiting.isEmpty || location.state == .removing else {
                throw Problem.conflict(
                    "remittance_waiting",
                    "A remittance has still to be posted here. Resume the location until it is posted; otherwise the payment stays open for ever."
                )
            }
            try await tx.query(
                """
                update control.location_directory set state = 'removing', updated_at = \(owner.ambient.now())
                where id = \(location.id) and state in ('provisioning', 'suspended', 'removing')
                """
            )
        }
    }

    /// A key that was for this location alone is for none then: an empty list, which is not the null of the whole organization.
    private func removeControlRows(of id: LocationID) async throws {
        try await owner.control.transaction(.login) { tx in
            tx.enqueue("delete from control.staff_grant where location_id = \(id)")
            tx.enqueue(
                """
                update control.api_key set locations = array_remove(locations, \(id)), version = version + 1, updated_at = \(owner.ambient.now())
                where locations @> array[\(id)]
                """
            )
            tx.enqueue("delete from control.claim_route where location_id = \(id)")
            tx.enqueue("delete from control.billing_entity_location where location_id = \(id)")
            tx.enqueue("delete from control.allotment where location_id = \(id)")
            try await tx.query("delete from control.daily_fact where location_id = \(id)")
        }
    }
}

/// A location's part of the object store: sealed files under generated names, two levels deep.
struct LocationFolder {
    let path: String

    init(_ root: String, _ id: LocationID) {
        path = root + "/" + id.uuid.compact
    }

    /// Paths below the folder, in order; none when nothing was ever kept. What a killed writer left under another name is not among them.
    func files() throws -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: path).sorted().filter {
            var isFolder = false
            return LocationFolder.isGenerated($0) && FileManager.default.fileExists(atPath: path + "/" + $0, isDirectory: &isFolder)
                && !isFolder
        }
    }

    /// Two levels of hexadecimal digits and dashes.
    static func isGenerated(_ name: String) -> Bool {
        name.split(separator: "/", omittingEmptySubsequences: false).count == 2
            && name.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) || $0 == 45 || $0 == 47 }
    }

    /// What a killed writer left beside the files: its name begins with a dot and ends in `.part`.
    static func isLeftBehind(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[1].hasPrefix(".") && parts[1].hasSuffix(".part")
    }

    func remove() throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }
}
