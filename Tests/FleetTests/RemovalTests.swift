import Access
import Assembly
import FoundationEssentials
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Locations that are suspended and removed", .serialized)
struct RemovalFailureTests {
    @Test("a suspended location answers nobody and runs no job, and its trail can still be read")
    func suspended() async throws {
        let full = try await FullLocation.open(patients: 2)
        let clinic = full.clinic
        #expect(try await full.polyclinic("location", "suspend", "Harbor West").status == 0)
        try await eventually("requests are refused") {
            try await clinic.send("owner", "GET", clinic.path(full.location, "patients")).code == "location_suspended"
        }
        let nobody = UUID(high: 0, low: 0)
        let job = clinic.services.ambient.id(JobID.self)
        _ = try await Fleet.withOwner(clinic.settings, full.location.database) { database in
            try await database.transaction(.login) { tx in
                try await tx.query(
                    """
                    insert into queue.job (id, location, kind, parameters, request, actor_kind, actor_id)
                    values (\(job), \(full.location.role.name), 'organizations.expire_answers', '{}', \(nobody), 'system', \(nobody))
                    """
                )
            }
        }
        try clinic.startWorker()
        let read = try await full.polyclinic("audit", "search", "--location", full.location.id.description, "--json")
        #expect(read.status == 0 && read.output.contains("patient.register"))
        let verified = try await full.polyclinic("audit", "verify", "--location", full.location.id.description)
        #expect(verified.status == 0, "\(verified.output)")
        try await eventually("a worker has looked at it") {
            try await full.job(job).map { $0.attempt > 0 && $0.state == "ready" } ?? false
        }
        #expect(try await full.polyclinic("location", "resume", "Harbor West").status == 0)
        try await eventually("it is served again") {
            try await clinic.send("owner", "GET", clinic.path(full.location, "patients")).status == 200
        }
        await full.close()
    }

    @Test("a removal that is killed and repeated leaves nothing of the location and touches no other", .shows("TI-15", "AP-10"))
    func removed() async throws {
        let full = try await FullLocation.open()
        let clinic = full.clinic
        let (id, name) = (full.location.id, full.location.name)
        let south = try await full.fingerprint(clinic.south)
        let elsewhere = try await full.fingerprint(clinic.elsewhere)
        let grants = try await full.control("select count(*) from control.staff_grant")
        #expect(try await full.control("select count(*) from control.staff_grant where location_id = \(id)") == 1)

        #expect(try await clinic.send("owner", "GET", clinic.path(full.location, "patients")).status == 200)
        #expect(try await full.taken(full.location.database) > 0)
        #expect(try await full.polyclinic("location", "remove", name, "--confirm", name).output.contains("location_active"))
        #expect(try await full.polyclinic("location", "suspend", name).status == 0)
        #expect(
            try await full.polyclinic("location", "remove", id.description, "--confirm", "harbor west").output.contains("name_differs")
        )
        #expect(try await full.polyclinic("location", "remove", "Harbor", "--confirm", "Harbor").status == 1)
        #expect(try await full.fingerprint(full.location).count > 30)
        for step in ["remove schema", "remove rights and routes"] {
            let program = try Program("polyclinic", ["location", "remove", id.description, "--confirm", name], clinic.settings)
            try await eventually("it is on its way") { program.output.contains(step) || !program.isRunning }
            try await program.kill()
        }
        #expect(try await full.polyclinic("location", "remove", id.description, "--confirm", name).status == 0)
        #expect(try await full.polyclinic("location", "remove", id.description, "--confirm", name).status == 0)

        for database in clinic.settings.servers.locationDatabases {
            #expect(try await full.fingerprint(full.location, in: database).isEmpty)
            #expect(try await full.queued(database) == 0)
            #expect(try await full.taken(database) == 0)
        }
        #expect(try await full.roles() == 0)
        #expect(!FileManager.default.fileExists(atPath: full.files + "/" + id.uuid.compact))
        #expect(try await full.control("select count(*) from control.staff_grant") == grants - 1)
        #expect(try await full.control("select count(*) from control.claim_route where location_id = \(id)") == 0)
        #expect(try await full.control("select count(*) from control.location_step where location_id = \(id)") == 0)
        #expect(try await full.control("select count(*) from control.api_key where locations = '{}'") == 1)
        #expect(try await full.provisioner.find(id).state == .removed)
        #expect(try await full.fingerprint(clinic.south) == south)
        #expect(try await full.fingerprint(clinic.elsewhere) == elsewhere)
        try await eventually("it is unknown") {
            try await clinic.send("owner", "GET", clinic.path(full.location, "patients")).status == 404
        }
        let trail = try await full.polyclinic("audit", "search", "--organization", clinic.organization.description, "--json")
        #expect(trail.output.contains("location.removal_begun"))
        await full.close()
    }
}
