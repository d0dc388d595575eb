import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Locations that move to another database", .serialized)
struct MoveFailureTests {
    private static let isLong = (try? TestServers.current().isLong) ?? false

    @Test(
        "a location moves under live requests: reads go on, changes wait less than five seconds, nothing is lost or doubled, jobs go on",
        .shows("TI-15")
    )
    func live() async throws {
        let full = try await FullLocation.open()
        let clinic = full.clinic
        if Self.isLong { try await grow(full, entries: 300_000) }
        try clinic.startWorker()
        let (source, target) = (clinic.settings.servers.locationDatabases[0], clinic.settings.servers.locationDatabases[1])
        let traffic = try await Traffic(clinic, at: full.location)
        try await eventually("people work") { traffic.now.reads > 10 }
        let run = try await clinic.send(
            "owner",
            "POST",
            clinic.path(full.location, "billing-runs"),
            body: ["from_day": "2026-10-01", "through_day": "2026-10-31"]
        )
        #expect(run.status < 300, "\(run.text)")

        let report = try await LocationMove(owner: full.owner.owner, location: full.location, to: target).run()
        let before = traffic.now
        try await eventually("people go on") { traffic.now.registered.count > before.registered.count + 3 }
        let seen = try await traffic.stop()
        print(
            "fleet: \(report.rows) rows moved, pause \(report.pause), longest refusal \(seen.longestRefusal), \(seen.refusals) refusals,",
            "\(seen.registered.count) registrations, \(seen.reads) reads, \(report.queueRows) queue rows, \(report.lateEntries) late entries"
        )
        #expect(seen.failures == [])
        #expect(seen.refusals > 0 && seen.longestRefusal < .seconds(5) && report.pause < .seconds(5))
        try await check(full, seen, at: target, from: source)
        let moved = try await full.provisioner.find(full.location.id)
        try await eventually("the billing run that was started before is done", within: .seconds(60)) {
            let state = try await clinic.services.tenancy.read(moved, "select state from {location}.billing_run").decode(String.self)
            return state.count == 1 && !["waiting", "making", "filing"].contains(state[0])
        }
        // Entries that reads wrote meanwhile came along: each acknowledged registration and each read has one.
        let entries: Int =
            try await clinic.services.tenancy.read(
                moved,
                "select count(*) from {location}.audit_entry where action in ('patient.register', 'patient.read')"
            ).first?.value(0) ?? 0
        #expect(entries >= seen.registered.count + seen.reads)
        await full.close()
    }

    @Test("a move that is killed after any step goes on where it was; nothing is lost or doubled")
    func killed() async throws {
        let full = try await FullLocation.open()
        let clinic = full.clinic
        try clinic.startWorker()
        let (source, target) = (clinic.settings.servers.locationDatabases[0], clinic.settings.servers.locationDatabases[1])
        let traffic = try await Traffic(clinic, at: full.location, people: 2)
        let arguments = ["location", "move", full.location.id.description, "--to", target]
        for step in LocationMove.Step.allCases.dropLast() {
            let program = try Program("polyclinic", arguments, clinic.settings)
            try await eventually("it has come to \(step)", within: .seconds(60)) {
                program.output.contains(step.rawValue) || !program.isRunning
            }
            try await program.kill()
        }
        let isUnfinished = try await full.pending()
        if try await full.provisioner.find(full.location.id).database != target || isUnfinished {
            let (status, output) = try await full.polyclinic("location", "move", full.location.id.description, "--to", target)
            #expect(status == 0, "\(output)")
        }
        let before = traffic.now
        try await eventually("people go on") { traffic.now.registered.count > before.registered.count + 3 }
        let seen = try await traffic.stop()
        #expect(seen.failures == [])
        try await check(full, seen, at: target, from: source)
        #expect(
            try await full.polyclinic("location", "move", full.location.id.description, "--to", target).output.contains("location_here")
        )
        await full.close()
    }

    @Test("a location that is being changed without end stays where it is, and one whose move was interrupted can stay too")
    func givenUp() async throws {
        let full = try await FullLocation.open(patients: 2)
        let clinic = full.clinic
        let target = clinic.settings.servers.locationDatabases[1]
        let rows = try await full.fingerprint(full.location)
        try await clinic.services.tenancy.transaction(full.location) { tx in
            try await tx.query("insert into {location}.job_receipt (job, step, at) values (\(full.location.id), 'busy', now())")
            let move = LocationMove(owner: full.owner.owner, location: full.location, to: target, attempts: 1)
            let problem = await #expect(throws: Problem.self) { try await move.run() }
            #expect(problem?.code == "location_busy")
        }
        #expect(try await full.provisioner.find(full.location.id).state == .active)

        struct Interrupted: Error {}
        for step in [LocationMove.Step.paused, .copied] {
            let move = LocationMove(owner: full.owner.owner, location: try await full.provisioner.find(full.location.id), to: target) {
                if $0 == step { throw Interrupted() }
            }
            await #expect(throws: Interrupted.self) { try await move.run() }
            #expect(try await full.provisioner.find(full.location.id).state == .moving)
            try await eventually("changes are refused") {
                try await clinic.send("owner", "POST", clinic.path(full.location, "payers"), body: ["name": "P", "code": "P1"]).code
                    == "location_moving"
            }
            #expect(try await clinic.send("owner", "GET", clinic.path(full.location, "patients")).status == 200)
            #expect(try await full.polyclinic("location", "move", "Harbor West", "--to", target, "--give-up").status == 0)
        }
        #expect(try await full.fingerprint(full.location, in: target).isEmpty)
        let trail: Set<String> = ["audit_entry", "audit_unsealed", "job_receipt"]
        #expect(try await full.fingerprint(full.location, without: trail) == rows.filter { !trail.contains($0.key) })
        try await eventually("changes are made") {
            try await clinic.send("owner", "POST", clinic.path(full.location, "payers"), body: ["name": "P", "code": "P1"]).status == 201
        }
        await full.close()
    }

    /// What must hold after a move.
    private func check(_ full: FullLocation, _ seen: Traffic.Seen, at target: String, from source: String) async throws {
        let clinic = full.clinic
        let moved = try await full.provisioner.find(full.location.id)
        #expect(moved.database == target && moved.state == .active)
        #expect(try await full.fingerprint(full.location, in: source).isEmpty)
        #expect(try await full.queued(source) == 0)
        let ids = seen.registered.compactMap { PatientID($0) }
        #expect(Set(ids).count == ids.count)
        let (there, all) = try await clinic.services.tenancy.read(
            moved,
            "select (select count(*) from {location}.patient where id = any(\(ids))), (select count(*) from {location}.patient)"
        )[0].decode((Int, Int).self)
        #expect(there == ids.count && all == ids.count + 8)
        let later: Int = try await Fleet.withOwner(clinic.settings, target) {
            try await $0.flight(.login, "select count(*) from queue.job where kind = 'test.later'").first?.value(0) ?? -1
        }
        #expect(later == 1)
        let slots: Int = try await Fleet.withOwner(clinic.settings, target) {
            try await $0.flight(
                .login,
                "select count(*) - count(distinct unique_key) from queue.job where location = \(moved.role.name) and cron is not null"
            ).first?.value(0) ?? -1
        }
        #expect(slots == 0)
        try await clinic.services.access.seal(.location(moved))
        let books = try await full.books(moved)
        #expect(books.sum == 8 * FullLocation.amount && books.finding == nil)
    }

    /// A trail as long as that of a location that has worked for a while.
    private func grow(_ full: FullLocation, entries: Int) async throws {
        _ = try await full.clinic.services.tenancy.transaction(full.location) { tx in
            try await tx.query(
                """
                insert into {location}.audit_entry (id, at, actor_kind, request_id, action, patients)
                select gen_random_uuid(), now(), 'system', gen_random_uuid(), 'test.grown', array[gen_random_uuid()] from generate_series(1, \(entries))
                """
            )
        }
    }
}
