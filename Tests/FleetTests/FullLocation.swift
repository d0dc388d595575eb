import Access
import Assembly
import FoundationEssentials
import Postgres
import Tenancy
import TestSupport
import Values

/// A location of the clinic's organization, “Harbor West”, with something of everything, and ways to look at what is left of it. It is made for
/// the test alone: the role of north has rights in the template's databases too, and could not be removed.
struct FullLocation {
    let clinic: TestClinic
    let owner: OwnerConnections
    let location: Location

    var provisioner: Provisioner { owner.provisioner(clinic.settings) }
    var seal: LocationFile.Seal { LocationFile.Seal(clinic.services.keys) }
    var files: String { clinic.settings.folders.files }
    /// Each ledger entry moves so much.
    static let amount = 12_345

    static func open(patients: Int = 8) async throws -> FullLocation {
        let clinic = try await TestClinic.open()
        let owner = try OwnerConnections(clinic.settings, logger: Fleet.quiet)
        guard let zone = ZoneName("America/New_York") else { throw Problem(.failed, "no_zone", "There are no time zones.") }
        let new = Provisioner.NewLocation(
            name: "Harbor West",
            kind: .medical,
            timeZone: zone,
            currency: .usd,
            database: clinic.north.database
        )
        let location = try await owner.provisioner(clinic.settings).createLocation(new, in: clinic.organization)
        let full = FullLocation(clinic: clinic, owner: owner, location: location)
        for number in 0..<patients {
            let answer = try await clinic.send(
                "owner",
                "POST",
                clinic.path(location, "patients"),
                body: [
                    "person": [
                        "given_name": "Ada", "family_name": .string("Byron" + String(repeating: "x", count: number)),
                        "birth_date": "1990-04-11", "sex": "female",
                    ],
                    "duplicate_acknowledged": true,
                ]
            )
            guard answer.status == 201 else { throw Problem(.failed, "no_patient", answer.text) }
        }
        try await full.fill()
        try await clinic.services.access.seal(.location(location))
        // An entry without a seal, brought from the intake to the trail: it is among the rows that tests compare.
        _ = try await clinic.send("owner", "GET", clinic.path(location, "patients"))
        _ = try await clinic.services.access.verify(.location(location))
        return full
    }

    /// Ledger, a file, an event, jobs, a claim route, a grant and a key for this location alone.
    private func fill() async throws {
        let ambient = clinic.services.ambient
        let (now, nobody) = (ambient.now(), UUID(high: 0, low: 0))
        try await clinic.services.tenancy.transaction(location) { tx in
            for patient in try await tx.query("select id from {location}.patient").decode(PatientID.self) {
                let entry = ambient.id(LedgerEntryID.self)
                tx.enqueue(
                    """
                    insert into {location}.ledger_entry (id, kind, day, source_kind, source_id, posted_at, posted_by)
                    values (\(entry), 'charge', '2026-10-01', 'charge', \(entry), \(now), \(nobody))
                    """
                )
                tx.enqueue(
                    """
                    insert into {location}.ledger_line (entry_id, ordinal, debit, credit, amount, patient_id)
                    values (\(entry), 0, 'receivable:patient', 'revenue', \(FullLocation.amount), \(patient))
                    """
                )
            }
            tx.enqueue(
                """
                insert into queue.event (id, name, version, members, request, actor_kind, actor_id)
                values (\(ambient.id(EventID.self)), 'test.told', 1, '{}', \(nobody), 'system', \(nobody))
                """
            )
            try await tx.query(
                """
                insert into queue.job (id, kind, parameters, unique_key, run_at, request, actor_kind, actor_id)
                values (\(ambient.id(JobID.self)), 'test.later', '{"note": "a\\"b\\\\c"}', 'once', now() + interval '1 day', \(nobody), 'system', \(nobody))
                """
            )
        }
        try await clinic.services.tenancy.organization(clinic.organization) { tx in
            tx.enqueue(
                """
                insert into control.claim_route (claim_number, organization_id, location_id, billing_entity_id)
                values ('FLEET1', \(clinic.organization), \(location.id), \(nobody))
                """
            )
            tx.enqueue(
                """
                insert into control.staff_grant (id, organization_id, staff_id, effect, built_in, location_id, created_at, created_by)
                select \(ambient.id(EventID.self)), organization_id, id, 'allow', 'front_desk', \(location.id), \(now), \(nobody) from control.staff
                order by id limit 1
                """
            )
            try await tx.query(
                """
                insert into control.api_key (id, organization_id, name, token_hash, scopes, locations, expires_at, created_at, created_by, updated_at, updated_by)
                values (\(ambient.id(EventID.self)), \(clinic.organization), 'one', '\\x00', '{}', array[\(location.id)], \(now), \(now), \(nobody), \(now), \(nobody))
                """
            )
        }
        let folder = files + "/" + location.id.uuid.compact + "/ab"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0) }).write(
            to: URL(filePath: folder + "/" + ambient.id(EventID.self).description)
        )
    }

    func close() async {
        await owner.close()
        await clinic.close()
    }

    // MARK: Looking

    /// Each table of a location's schema with its number of rows and a hash over them; empty when there is no schema.
    func fingerprint(_ location: Location, without: Set<String> = [], in database: String? = nil) async throws -> [String: String] {
        try await Fleet.withOwner(clinic.settings, database ?? location.database) { database in
            let tables = try await database.flight(
                .login,
                """
                select relname::text from pg_class where relkind = 'r'
                    and relnamespace = (select oid from pg_namespace where nspname = \(location.schema.name))
                """
            ).decode(String.self)
            var found: [String: String] = [:]
            try await database.copying { session in
                for table in tables where !without.contains(table) {
                    let text = "copy (select count(*), sum(hashtextextended(t::text, 0)::numeric) from {location}.\(table) t) to stdout"
                    try await session.copyOut(try SQLFile(text: text, schema: location.schema)) {
                        found[table, default: ""] += String(decoding: $0, as: UTF8.self)
                    }
                }
            }
            return found
        }
    }

    /// Rows of a queue with the location's role.
    func queued(_ database: String) async throws -> Int {
        try await Fleet.withOwner(clinic.settings, database) {
            try await $0.flight(
                .login,
                """
                select (select count(*) from queue.job where location = \(location.role.name))
                    + (select count(*) from queue.event where location = \(location.role.name))
                """
            ).first?.value(0) ?? -1
        }
    }

    /// Rows of the trails' intake with the location's role.
    func taken(_ database: String) async throws -> Int {
        try await Fleet.withOwner(clinic.settings, database) {
            try await $0.flight(.login, "select count(*) from queue.audit_intake where location = \(location.role.name)").first?.value(0)
                ?? -1
        }
    }

    /// How many entries its trail has.
    func entries(_ location: Location) async throws -> Int {
        try await clinic.services.tenancy.read(location, "select count(*) from {location}.audit_entry").first?.value(0) ?? -1
    }

    /// What became of a job in the location's database.
    func job(_ id: JobID) async throws -> (state: String, attempt: Int)? {
        try await Fleet.withOwner(clinic.settings, location.database) {
            try await $0.flight(.login, "select state, attempt::int8 from queue.job where id = \(id)").first?.decode((String, Int).self)
        }.map { ($0.0, $0.1) }
    }

    /// What a statement on control counts, as the owner.
    func control(_ statement: Statement) async throws -> Int {
        try await Fleet.withOwner(clinic.settings, clinic.settings.servers.controlDatabase) {
            try await $0.flight(.login, statement).first?.value(0) ?? -1
        }
    }

    /// Whether a move of it is not finished.
    func pending() async throws -> Bool {
        try await control(
            "select count(*) from control.location_directory where id = \(location.id) and (moving_to is not null or moved_from is not null)"
        ) == 1
    }

    func roles() async throws -> Int { try await control("select count(*) from pg_roles where rolname = \(location.role.name)") }

    /// The sum of all lines, and the first wrong thing of the trail.
    func books(_ location: Location) async throws -> (sum: Int, finding: String?) {
        let sum: Int =
            try await clinic.services.tenancy.read(location, "select coalesce(sum(amount), 0)::int8 from {location}.ledger_line")
            .first?.value(0) ?? 0
        let verified = try await clinic.services.access.verify(.location(location), checkpoints: [])
        return (sum, verified.finding.map { "\($0)" })
    }

    /// Runs the command line to its end.
    func polyclinic(_ arguments: String...) async throws -> (status: Int32, output: String) {
        let program = try Program("polyclinic", arguments, clinic.settings)
        let status = try await program.finish()
        return (status, program.output)
    }
}
