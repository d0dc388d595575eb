import FoundationEssentials
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Restores beside others, and those that died late", .serialized)
struct RestoreBesideFailureTests {
    private func exported(_ full: FullLocation) async throws -> (path: String, rows: [String: String]) {
        let path = FileManager.default.temporaryDirectory.path() + "/beside-" + hex(Ambient.system.bytes(6)) + ".polyclinic"
        _ = try await full.provisioner.export(full.location.id, to: path, files: full.files, full.seal)
        let rows = try await full.fingerprint(full.location, without: ["schema_version"])
        try await full.provisioner.suspend(full.location.id)
        try await full.provisioner.remove(full.location.id, files: full.files)
        return (path, rows)
    }

    @Test("of two restores of one file one brings the location back, and the other changes nothing")
    func two() async throws {
        let full = try await FullLocation.open(patients: 2)
        let (path, rows) = try await exported(full)
        let restore = LocationRestore(full.provisioner, from: path, files: full.files, full.seal)
        let back = try await restore.run {
            let second = await #expect(throws: Problem.self) { try await restore.run() }
            #expect(second?.code == "location_in_work")
        }
        let third = await #expect(throws: Problem.self) { try await restore.run() }
        #expect(third?.code == "location_exists")
        #expect(back.state == .active)
        #expect(try await full.fingerprint(back, without: ["schema_version"]) == rows)
        #expect(try await full.books(back).finding == nil)
        await full.close()
        try? FileManager.default.removeItem(atPath: path)  // a temporary file
    }

    @Test("a restore that died when the location was there and its jobs still waited is ended by the next one")
    func beforeUnpause() async throws {
        let full = try await FullLocation.open(patients: 2)
        let (path, rows) = try await exported(full)
        let back = try await LocationRestore(full.provisioner, from: path, files: full.files, full.seal).run()
        // What it leaves that is killed before its last step.
        try await Fleet.withOwner(full.clinic.settings, back.database) { database in
            _ = try await database.transaction(.login) { tx in
                try await tx.query(
                    """
                    insert into queue.pause (id, location, paused_by, reason)
                    values (\(back.id), \(back.role.name), 'restore', 'being restored')
                    """
                )
            }
        }
        let again = try await full.polyclinic("location", "restore", path)
        #expect(again.status == 0, "\(again.output)")
        let pauses = try await Fleet.withOwner(full.clinic.settings, back.database) {
            try await $0.flight(.login, "select 1 from queue.pause where location = \(back.role.name)").count
        }
        #expect(pauses == 0)
        #expect(try await full.fingerprint(back, without: ["schema_version"]) == rows)
        await full.close()
        try? FileManager.default.removeItem(atPath: path)  // a temporary file
    }
}
