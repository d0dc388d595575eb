import Access
import Assembly
import FoundationEssentials
import Jobs
import Postgres
import Tenancy
import TestSupport
import Values

/// A test clinic with a billing entity, payers, a provider and visits that were charged, ready to be claimed.
struct ClaimClinic {
    let clinic: TestClinic
    let npi = "1234567893"

    static func open() async throws -> ClaimClinic {
        let clinic = ClaimClinic(clinic: try await TestClinic.open(worker: true))
        try await clinic.addBillingEntity()
        return clinic
    }

    var folders: (outbound: String, inbound: String) { (clinic.settings.folders.outbound, clinic.settings.folders.inbound) }

    func send(_ person: String, _ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let answer = try await clinic.send(person, method, path, body: body)
        guard answer.status < 300 else { throw Problem(.failed, "unexpected", "\(method) \(path): \(answer.status) \(answer.text)") }
        return answer.json
    }

    private func addBillingEntity() async throws {
        let entity = try await send(
            "owner",
            "POST",
            "/v1/organizations/\(clinic.organization)/billing-entities",
            [
                "name": "Harbor Clinics LLC", "npi": .string(npi), "tax_id": "123456789", "taxonomy": "261QP2300X",
                "address": ["street": "12 River Street", "city": "Albany", "region": "NY", "postal_code": "122071234"],
                "contact": ["name": "Grace Hill", "phone": "+15185550123"],
                "clearing": ["submitter_id": "HARBOR1", "receiver_id": "CLEARING1", "receiver_name": "Clearing House"], "test_mode": true,
            ]
        )
        for location in [clinic.north, clinic.south] {
            let path = "/v1/organizations/\(clinic.organization)/billing-entities/\(entity["id"]?.text ?? "")/locations/\(location.id)"
            _ = try await send("owner", "PUT", path, [:])
        }
    }

    /// A billing entity of the other organization.
    @discardableResult
    func addRivalEntity(npi: String, submitter: String) async throws -> JSON {
        try await send(
            "rival",
            "POST",
            "/v1/organizations/\(clinic.rival)/billing-entities",
            [
                "name": .string("Rival \(npi)"), "npi": .string(npi), "tax_id": "987654321", "taxonomy": "261QP2300X",
                "address": ["street": "1 Hill Road", "city": "Albany", "region": "NY", "postal_code": "122071234"],
                "contact": ["name": "Max Vale", "phone": "+15185550199"],
                "clearing": ["submitter_id": .string(submitter), "receiver_id": "CLEARING1", "receiver_name": "Clearing House"],
                "test_mode": true,
            ]
        )
    }

    func remittancesOfRival() async throws -> [JSON] {
        try await send("rival", "GET", "/v1/organizations/\(clinic.rival)/remittances?limit=200")["items"]?.items ?? []
    }

    func addPayer(at location: Location, code: String = "SUN01") async throws -> String {
        let payer = try await send(
            "owner",
            "POST",
            clinic.path(location, "payers"),
            ["name": "Sunrise Health Plan", "code": .string(code)]
        )
        return payer["id"]?.text ?? ""
    }

    /// A patient with a coverage of their own.
    func addPatient(at location: Location, payer: String, family: String) async throws -> PatientID {
        let patient = try await send(
            "owner",
            "POST",
            clinic.path(location, "patients"),
            [
                "person": [
                    "given_name": "Ada", "family_name": .string(family), "birth_date": "1990-04-01", "sex": "female",
                    "address": ["street": "5 Lake Road", "city": "Albany", "region": "NY", "postal_code": "12207", "country": "US"],
                ]
            ]
        )
        let id = patient["id"]?.text ?? ""
        _ = try await send(
            "owner",
            "POST",
            clinic.path(location, "patients/\(id)/coverages"),
            ["payer_id": .string(payer), "member_id": .string("W123 456-\(family)"), "from_day": "2026-01-01"]
        )
        guard let id = PatientID(id) else { throw Problem(.failed, "no_patient", "The patient has no id.") }
        return id
    }

    /// Visits that took place and were charged 150.00 each, written as Scheduling and Billing write them.
    func addVisits(_ count: Int, of patient: PatientID, at location: Location, on day: Day, diagnoses: [String] = ["J02.9"]) async throws {
        let ambient = clinic.services.ambient
        let provider = try await provider(at: location)
        let (now, actor) = (ambient.now(), UUID(high: 0, low: 0))
        try await clinic.services.tenancy.transaction(location) { tx in
            for index in 0..<count {
                let encounter = ambient.id(EncounterID.self)
                tx.enqueue(
                    """
                    insert into {location}.encounter (id, patient_id, provider_id, service_day, started_at, ended_at, diagnoses, created_at, created_by, updated_at, updated_by)
                    values (\(encounter), \(patient), \(provider), \(day.adding(days: index)), \(now), \(now.adding(minutes: 20)), \(diagnoses), \(now), \(actor), \(now), \(actor))
                    """
                )
                for (ordinal, code, amount) in [(1, "99213", 100_00), (2, "87880", 50_00)] {
                    let (charge, entry) = (ambient.id(ChargeID.self), ambient.id(LedgerEntryID.self))
                    tx.enqueue(
                        """
                        insert into {location}.charge (id, encounter_id, ordinal, patient_id, provider_id, service_day, code, diagnosis_pointers, units, amount,
                            created_at, created_by, updated_at, updated_by)
                        values (\(charge), \(encounter), \(ordinal), \(patient), \(provider), \(day.adding(days: index)), \(code), '{1}', 1, \(amount), \(now), \(actor), \(now), \(actor))
                        """
                    )
                    tx.enqueue(
                        """
                        insert into {location}.ledger_entry (id, kind, day, source_kind, source_id, posted_at, posted_by)
                        values (\(entry), 'charge', \(day), 'charge', \(charge), \(now), \(actor))
                        """
                    )
                    tx.enqueue(
                        """
                        insert into {location}.ledger_line (entry_id, ordinal, debit, credit, amount, patient_id, charge_id)
                        values (\(entry), 0, 'receivable:patient', 'revenue', \(amount), \(patient), \(charge))
                        """
                    )
                }
            }
        }
    }

    private func provider(at location: Location) async throws -> ProviderID {
        let ambient = clinic.services.ambient
        let known: ProviderID? = try await clinic.services.tenancy.read(location, "select id from {location}.provider limit 1").first?
            .value(0)
        if let known { return known }
        let (id, now, actor) = (ambient.id(ProviderID.self), ambient.now(), UUID(high: 0, low: 0))
        try await clinic.services.tenancy.transaction(location) { tx in
            tx.enqueue(
                "insert into {location}.resource (id, kind, name, created_at, created_by, updated_at, updated_by) values (\(id), 'provider', 'Dr. Lane', \(now), \(actor), \(now), \(actor))"
            )
            tx.enqueue(
                """
                insert into {location}.provider (id, given_name, family_name, npi, taxonomy, created_at, created_by, updated_at, updated_by)
                values (\(id), 'Robin', 'Lane', '1003000126', '207Q00000X', \(now), \(actor), \(now), \(actor))
                """
            )
        }
        return id
    }

    /// Starts a run and waits until it stands still; the run as it then is.
    func bill(_ location: Location, from: String, through: String) async throws -> JSON {
        let started = try await send(
            "owner",
            "POST",
            clinic.path(location, "billing-runs"),
            ["from_day": .string(from), "through_day": .string(through)]
        )
        let path = clinic.path(location, "billing-runs/\(started["id"]?.text ?? "")")
        try await eventually("the billing run stands still", within: .seconds(60)) {
            ["finished", "held"].contains(try await send("owner", "GET", path)["state"]?.text)
        }
        return try await send("owner", "GET", path)
    }

    func claims(_ location: Location) async throws -> [JSON] {
        try await send("owner", "GET", clinic.path(location, "claims") + "?limit=200")["items"]?.items ?? []
    }

    /// Waits until every claim of a location is in a file that was put out.
    func filed(_ location: Location) async throws -> [JSON] {
        try await eventually("all claims are filed", within: .seconds(60)) {
            try await claims(location).allSatisfy { $0["state"]?.text != "ready" }
        }
        return try await claims(location)
    }

    /// Puts a file into the inbound folder as transport does: whole, under its name, and not just now.
    func receive(_ bytes: [UInt8], as name: String) throws {
        let path = folders.inbound + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: folders.inbound + "/.\(name)"))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -120)],
            ofItemAtPath: folders.inbound + "/.\(name)"
        )
        try FileManager.default.moveItem(atPath: folders.inbound + "/.\(name)", toPath: path)
    }

    /// Waits until the inbound folder is empty but for its own parts.
    func inboundIsRead() async throws {
        try await eventually("the inbound folder is read", within: .seconds(60)) {
            try FileManager.default.contentsOfDirectory(atPath: folders.inbound).allSatisfy {
                $0 == "done" || $0 == "held" || $0.hasPrefix(".")
            }
        }
    }

    func remittances() async throws -> [JSON] {
        try await send("owner", "GET", "/v1/organizations/\(clinic.organization)/remittances?limit=200")["items"]?.items ?? []
    }

    /// The balance of an account: debits less credits, over all patients.
    func balance(_ account: String, at location: Location) async throws -> Int64 {
        let select: Statement = """
            select coalesce(sum(case when debit = \(account) then amount when credit = \(account) then -amount else 0 end), 0)::int8 from {location}.ledger_line
            """
        return try await clinic.services.tenancy.read(location, select).first?.value(0) ?? 0
    }
}
