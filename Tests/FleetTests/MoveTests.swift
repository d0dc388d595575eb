import Access
import Assembly
import FoundationEssentials
import Postgres
import Synchronization
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
        if Self.isLong { try await grow(full, by: 150_000) }
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
        try await check(full, seen, at: target, from: source, grown: Self.isLong ? 150_000 : 0)
        let moved = try await full.provisioner.find(full.location.id)
        try await eventually("the billing run that was started before is done", within: .seconds(60)) {
            let state = try await clinic.services.tenancy.read(moved, "select state from {location}.billing_run").decode(String.self)
            return state.count == 1 && !["waiting", "making", "filing"].contains(state[0])
        }
        try await clinic.services.access.seal(.location(moved))
        // Entries that reads wrote meanwhile came along: each acknowledged registration and each read has one.
        let entries: Int =
            try await clinic.services.tenancy.read(
                moved,
                "select count(*) from {location}.audit_entry where action in ('patient.register', 'patient.read')"
            ).first?.value(0) ?? 0
        #expect(entries >= seen.registered.count + seen.reads)
        await full.close()
    }

    @Test("what is changed, removed or exchanged while the first copy is made is in the moved location as it then was")
    func changed() async throws {
        let full = try await FullLocation.open()
        let target = full.clinic.settings.servers.locationDatabases[1]
        // Reads go on writing the trail, and migrations write their versions.
        let other: Set<String> = ["audit_entry", "audit_unsealed", "schema_version"]
        let last = Mutex<[String: String]>([:])
        let move = LocationMove(owner: full.owner.owner, location: full.location, to: target) { step in
            if step == .schema { try await change(full) }
            if step == .copied {
                let rows = try await full.fingerprint(full.location, without: other)
                last.withLock { $0 = rows }
            }
        }
        try await owner(
            full,
            """
            insert into {location}.job_receipt (job, step, at) select gen_random_uuid(), 'step ' || n, now() from generate_series(1, 3) n;
            insert into {location}.external_reference (id, system, kind, target, value, created_at, created_by, updated_at, updated_by)
                select gen_random_uuid(), 'old', 'patient', gen_random_uuid(), value, now(), gen_random_uuid(), now(), gen_random_uuid()
                from unnest(array['one', 'two']) value;
            """
        )
        let before = try await full.fingerprint(full.location, without: other)
        _ = try await move.run()
        let after = try await full.fingerprint(full.location, without: other, in: target)
        let rows = last.withLock { $0 }
        #expect(after.filter { rows[$0.key] != $0.value }.isEmpty && after.count == rows.count)
        let same = Set(["file", "ledger_entry", "appointment"])
        #expect(after.keys.filter { same.contains($0) }.allSatisfy { after[$0] == before[$0] } && after["person"] != before["person"])
        #expect(try await full.fingerprint(full.location).isEmpty)
        await full.close()
    }

    @Test("while a move is at work no other command on the location begins, and it ends as if none had been tried")
    func alone() async throws {
        let full = try await FullLocation.open(patients: 2)
        let target = full.clinic.settings.servers.locationDatabases[1]
        let path = FileManager.default.temporaryDirectory.path(percentEncoded: false) + "/never-\(full.location.id).location"
        let move = LocationMove(owner: full.owner.owner, location: full.location, to: target) { step in
            guard step == .paused || step == .switched else { return }
            let other = LocationMove(owner: full.owner.owner, location: full.location, to: target)
            let refused = [
                await #expect(throws: Problem.self) { try await other.giveUp() },
                await #expect(throws: Problem.self) { try await other.run() },
                await #expect(throws: Problem.self) { try await full.provisioner.remove(full.location.id, files: full.files) },
                await #expect(throws: Problem.self) {
                    try await full.provisioner.export(full.location.id, to: path, files: full.files, full.seal)
                },
            ]
            #expect(refused.allSatisfy { $0?.code == "location_in_work" })
        }
        _ = try await move.run()
        let moved = try await full.provisioner.find(full.location.id)
        #expect(moved.database == target && moved.state == .active)
        #expect(try await full.fingerprint(full.location).isEmpty)
        #expect(try await full.books(moved).finding == nil)
        await full.close()
    }

    /// As the owner: rows are added, changed and removed, and two exchange what is unique.
    private func change(_ full: FullLocation) async throws {
        try await owner(
            full,
            """
            update {location}.person set given_name = 'Grace' where id = (select max(id::text)::uuid from {location}.person);
            delete from {location}.job_receipt where step = 'step 1';
            update {location}.job_receipt set at = now() where step = 'step 2';
            insert into {location}.job_receipt (job, step, at) select gen_random_uuid(), 'late', now() from generate_series(1, 9);
            delete from {location}.ledger_line where entry_id = (select max(entry_id::text)::uuid from {location}.ledger_line);
            update {location}.external_reference set value = 'between' where value = 'one';
            update {location}.external_reference set value = 'one' where value = 'two';
            update {location}.external_reference set value = 'two' where value = 'between';
            """
        )
    }

    private func owner(_ full: FullLocation, _ text: String) async throws {
        try await Fleet.withOwner(full.clinic.settings, full.location.database) { database in
            try await database.copying { try await $0.script(try SQLFile(text: text, schema: full.location.schema)) }
        }
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
            #expect(try await full.polyclinic("doctor").output.contains("the move of Harbor West is not finished"))
            #expect(try await full.polyclinic("location", "move", "Harbor West", "--to", target, "--give-up").status == 0)
            #expect(try await !full.polyclinic("doctor").output.contains("is not finished"))
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
    private func check(_ full: FullLocation, _ seen: Traffic.Seen, at target: String, from source: String, grown: Int = 0) async throws {
        let clinic = full.clinic
        let moved = try await full.provisioner.find(full.location.id)
        #expect(moved.database == target && moved.state == .active)
        #expect(try await full.fingerprint(full.location, in: source).isEmpty)
        #expect(try await full.queued(source) == 0)
        #expect(try await full.taken(source) == 0)
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
        #expect(books.sum == 8 * FullLocation.amount + grown && books.finding == nil)
    }

    /// A trail and a ledger as long as those of a location that has worked for years.
    private func grow(_ full: FullLocation, by number: Int) async throws {
        _ = try await full.clinic.services.tenancy.transaction(full.location) { tx in
            try await tx.query(
                """
                with grown as (
                    insert into {location}.audit_entry (id, at, actor_kind, request_id, action, patients)
                    select gen_random_uuid(), now(), 'system', gen_random_uuid(), 'test.grown', array[gen_random_uuid()] from generate_series(1, \(number))
                    returning id
                ) insert into {location}.audit_unsealed select id from grown
                """
            )
            try await tx.query(
                """
                insert into {location}.ledger_entry (id, kind, day, source_kind, source_id, posted_at, posted_by)
                select gen_random_uuid(), 'charge', '2026-10-01', 'grown', gen_random_uuid(), now(), \(full.location.id) from generate_series(1, \(number))
                """
            )
            try await tx.query(
                """
                insert into {location}.ledger_line (entry_id, ordinal, debit, credit, amount, patient_id)
                select id, 0, 'receivable:patient', 'revenue', 1, (select id from {location}.patient limit 1) from {location}.ledger_entry where source_kind = 'grown'
                """
            )
        }
    }
}
