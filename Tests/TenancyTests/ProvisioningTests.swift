import Assembly
import Postgres
import TestSupport
import Testing
import Values

@testable import Tenancy

@Suite("Provisioning", .serialized)
struct ProvisioningTests {
    @Test("a location that was made is whole, and making it again changes nothing")
    func repeated() async throws {
        let estate = try await Estate()
        let made = try await estate.newLocation("Harbor West")
        #expect(made.state == .active && made.schemaVersion == estate.owner.files.latest(.location))
        #expect(try await estate.provisioner.resume(made.id) == made)
        #expect(try await patients(of: made, estate) == 0)
        #expect(
            try await problem {
                _ = try await estate.provisioner.createLocation(try Estate.new("Harbor West"), in: estate.clinic.organization)
            }
                == "location_exists"
        )
        #expect(
            try await problem {
                _ = try await estate.provisioner.createLocation(try Estate.new("Nowhere"), in: OrganizationID(UUID(high: 1, low: 2)))
            }
                == "not_found"
        )
        await estate.close()
    }

    @Test("killed before or after any of its steps, it is finished by running it again", arguments: 0...4)
    func interrupted(after step: Int) async throws {
        let estate = try await Estate()
        let made = try await estate.newLocation("Harbor East")
        // What a run that was killed leaves: the entry, then the role, then the schema, each with or without its note.
        let owner = estate.owner
        try await owner.control.transaction(.login) { tx in
            tx.enqueue("update control.location_directory set state = 'provisioning', schema_version = 0 where id = \(made.id)")
            if step < 4 { tx.enqueue("delete from control.location_step where location_id = \(made.id) and step = 'schema'") }
            if step < 2 { tx.enqueue("delete from control.location_step where location_id = \(made.id) and step = 'role'") }
            try await tx.query("select 1")
        }
        if step < 3 { try await estate.database(of: made).script(SQLFile(text: "drop schema \(made.schema) cascade;")) }
        if step < 1 { try await owner.control.script(SQLFile(text: "drop role \(made.role);")) }
        #expect(try await problem { _ = try await estate.tenancy.location(made.id) } == "not_found")
        let finished = try await estate.provisioner.resume(made.id)
        #expect(finished.state == .active && finished.schemaVersion == owner.files.latest(.location))
        #expect(try await patients(of: finished, estate) == 0)
        await estate.close()
    }

    @Test("a suspended location is refused within a second, loses nothing, and is served again")
    func suspended() async throws {
        let estate = try await Estate()
        let id = estate.clinic.south.id
        try await estate.provisioner.suspend(id)
        #expect(try await problem { try await estate.provisioner.suspend(id) } == "location_state")
        try await eventually("the location is refused") {
            try await problem { _ = try await estate.tenancy.location(id) } == "location_suspended"
        }
        #expect(try await estate.tenancy.location(estate.clinic.north.id).state == .active)
        try await estate.provisioner.reactivate(id)
        try await eventually("the location is served again") { try await problem { _ = try await estate.tenancy.location(id) } == nil }
        await estate.close()
    }

    @Test("an unknown location is not found")
    func unknown() async throws {
        let estate = try await Estate()
        #expect(try await problem { _ = try await estate.tenancy.location(LocationID(UUID(high: 3, low: 4))) } == "not_found")
        #expect(try await estate.tenancy.location(role: "loc_nothing") == nil)
        await estate.close()
    }

    @Test("removal takes schema, role, jobs and events, of this location only", .shows("TI-15", "AP-10"))
    func removed() async throws {
        let estate = try await Estate()
        let made = try await estate.newLocation("Harbor Gone")
        let other = try await estate.newLocation("Harbor Stays")
        for location in [made, other] {
            try await estate.tenancy.transaction(location) { tx in
                tx.enqueue(
                    """
                    insert into queue.job (id, kind, parameters, request, actor_kind, actor_id)
                    values (\(location.id), 'tests.nothing', '{}', \(location.id), 'system', \(location.id))
                    """
                )
            }
        }
        #expect(
            try await problem { try await estate.provisioner.remove(made.id, files: estate.clinic.settings.folders.files) }
                == "location_active"
        )
        #expect(try await exists(made, estate) == [true, true, true])
        try await estate.provisioner.suspend(made.id)
        try await estate.provisioner.remove(made.id, files: estate.clinic.settings.folders.files)
        try await estate.provisioner.remove(made.id, files: estate.clinic.settings.folders.files)
        #expect(try await exists(made, estate) == [false, false, false])
        #expect(try await exists(other, estate) == [true, true, true])
        #expect(try await estate.provisioner.find(made.id).state == .removed)
        try await eventually("nobody finds it") { try await problem { _ = try await estate.tenancy.location(made.id) } == "not_found" }
        #expect(try await patients(of: other, estate) == 0)
        await estate.close()
    }

    private func patients(of location: Location, _ estate: Estate) async throws -> Int? {
        try await estate.tenancy.read(location, "select count(*) from {location}.patient").first?.value(0, as: Int.self)
    }

    /// Schema, role, job.
    private func exists(_ location: Location, _ estate: Estate) async throws -> [Bool] {
        let database = try estate.database(of: location)
        return try await database.flight(
            .login,
            [
                "select 1 from pg_catalog.pg_namespace where nspname = \(location.schema.name)",
                "select 1 from pg_catalog.pg_roles where rolname = \(location.role.name)",
                "select 1 from queue.job where id = \(location.id)",
            ]
        ).map { !$0.isEmpty }
    }
}
