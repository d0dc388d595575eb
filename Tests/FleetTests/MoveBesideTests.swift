import Access
import Assembly
import FoundationEssentials
import Postgres
import TestSupport
import Testing
import Values

@testable import Tenancy

@Suite("Moves beside other work", .serialized)
struct MoveBesideFailureTests {
    /// An owner that knows one migration more than the product has.
    private func upgraded(_ full: FullLocation) throws -> Owner {
        let folder = FileManager.default.temporaryDirectory.path() + "/beside-" + hex(Ambient.system.bytes(6))
        try FileManager.default.copyItem(atPath: full.clinic.settings.folders.migrations, toPath: folder)
        let number = String(10_001 + full.owner.owner.files.latest(.location)).dropFirst()
        try Data("alter table {location}.patient add column beside text;".utf8)
            .write(to: URL(filePath: folder + "/location/\(number)_beside.sql"))
        return try full.owner.owner.knowing(MigrationFiles(folder: folder))
    }

    private func isBehind(_ location: LocationID, _ owner: Owner) async throws -> Bool {
        try await Migrator(owner: owner).plan().contains { $0.location.id == location }
    }

    @Test("a fleet is upgraded beside a move: the location is passed over and follows when it has arrived")
    func migration() async throws {
        let full = try await FullLocation.open(patients: 2)
        let owner = try upgraded(full)
        let target = full.clinic.settings.servers.locationDatabases[1]
        let move = LocationMove(owner: full.owner.owner, location: full.location, to: target) { step in
            let isBehind = try await isBehind(full.location.id, owner)
            #expect(!isBehind || step == .cleared, "\(step)")
            guard step == .schema else { return }
            let report = try await Migrator(owner: owner).run { _, _ in }
            #expect(report.upgraded > 0 && report.failed.isEmpty)
        }
        _ = try await move.run()
        #expect(try await isBehind(full.location.id, owner))
        #expect(try await Migrator(owner: owner).run { _, _ in }.upgraded == 1)
        let arrived = try await full.provisioner.find(full.location.id)
        #expect(arrived.database == target && arrived.schemaVersion == owner.files.latest(.location))
        #expect(try await full.books(arrived).finding == nil)
        await full.close()
    }

    @Test("a location that a migration began to upgrade before its move is whole where it then is, and is brought to the newest version")
    func latePlan() async throws {
        for late in [LocationMove.Step.schema, .paused, .switched] {
            let full = try await FullLocation.open(patients: 2)
            let owner = try upgraded(full)
            let target = full.clinic.settings.servers.locationDatabases[1]
            let move = LocationMove(owner: full.owner.owner, location: full.location, to: target) { step in
                if step == late { try? await Migrator(owner: owner).bring(full.location) }
            }
            _ = try? await move.run()
            let found = try await full.provisioner.find(full.location.id)
            #expect(found.state == .active, "\(late)")
            if try await full.pending() { _ = try await LocationMove(owner: owner, location: found, to: target).run() }
            _ = try await Migrator(owner: owner).run { _, _ in }
            let last = try await full.provisioner.find(full.location.id)
            #expect(last.schemaVersion == owner.files.latest(.location) && last.state == .active, "\(late)")
            let books = try await full.books(last)
            #expect(books.sum == 2 * FullLocation.amount && books.finding == nil, "\(late)")
            let left = full.clinic.settings.servers.locationDatabases.filter { $0 != last.database }
            for database in left { #expect(try await full.fingerprint(full.location, in: database).isEmpty, "\(late)") }
            await full.close()
        }
    }

    @Test("an entry that a gateway with a slow clock writes to the old schema after the switch comes along", .shows("TI-15"))
    func slowClock() async throws {
        let full = try await FullLocation.open(patients: 2)
        let target = full.clinic.settings.servers.locationDatabases[1]
        let hourAgo = Ambient.system.now().adding(seconds: -3600)
        let late = Ambient(now: { hourAgo }, random: Ambient.system.random).id(AuditEntryID.self)
        let taken = full.clinic.services.ambient.id(AuditEntryID.self)
        let move = LocationMove(owner: full.owner.owner, location: full.location, to: target) { step in
            guard step == .switched else { return }
            let text = """
                insert into {location}.audit_entry (id, at, actor_kind, request_id, action)
                    values ('\(late)', '\(hourAgo)', 'system', gen_random_uuid(), 'patient.read');
                insert into {location}.audit_unsealed (id) values ('\(late)');
                insert into queue.audit_intake (id, location, entry) values ('\(taken)', '\(full.location.role)',
                    '{"at": "\(hourAgo)", "actor_kind": "system", "request_id": "\(taken)", "action": "patient.read", "objects": [], "patients": [],
                        "result": "ok", "changed": []}');
                """
            try await Fleet.withOwner(full.clinic.settings, full.location.database) {
                try await $0.script(try SQLFile(text: text, schema: full.location.schema))
            }
        }
        let report = try await move.run()
        #expect(report.lateEntries > 0)
        let moved = try await full.provisioner.find(full.location.id)
        let tenancy = full.clinic.services.tenancy
        #expect(try await tenancy.read(moved, "select 1 from {location}.audit_entry where id = any(\([late, taken]))").count == 2)
        #expect(try await full.taken(full.location.database) == 0)
        try await full.clinic.services.access.seal(.location(moved))
        #expect(try await full.books(moved).finding == nil)
        await full.close()
    }

    @Test("whoever follows a location's events while it moves is told to begin anew, and misses nothing from there on", .shows("WB-4"))
    func followed() async throws {
        let full = try await FullLocation.open(patients: 0)
        let clinic = full.clinic
        try clinic.startWorker()
        let token = try await clinic.token("owner")
        let path = clinic.path(full.location, "events")
        func close(_ day: String) async throws {
            let body: JSON = ["from_day": .string(day), "reason": "Works on the roof"]
            let answer = try await clinic.send("owner", "POST", clinic.path(full.location, "dated-hours"), body: body)
            #expect(answer.status == 201, "\(answer.text)")
        }
        var done: Set<String> = []
        func once(_ name: String) -> Bool { done.insert(name).inserted }
        let events = try await clinic.http.follow(path, token: token) { events in
            switch events.last?.name {
            case "ready" where once("before"): try await close("2030-03-01")
            case "schedule.changed" where once("move"):
                _ = try await LocationMove(
                    owner: full.owner.owner,
                    location: full.location,
                    to: clinic.settings.servers.locationDatabases[1]
                ).run()
            case "reset" where once("after"): try await close("2030-03-02")
            default: break
            }
            return events.last?.name == "end" || done.contains("after") && events.last?.name == "schedule.changed"
        }
        #expect(events.map(\.name) == ["ready", "schedule.changed", "reset", "schedule.changed"])
        await full.close()
    }
}
