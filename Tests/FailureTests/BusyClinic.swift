import Assembly
import FoundationEssentials
import Jobs
import Postgres
import Tenancy
import TestSupport
import Values

/// A test clinic with so many charged visits that a worker is busy with them for a while. Each costs 150.00.
struct BusyClinic {
    static let npi = "1234567893"
    static let days = 30

    let clinic: TestClinic
    private let patients: [(location: Location, count: Int)]

    static func open() async throws -> BusyClinic {
        let clinic = try await TestClinic.open()
        let busy = BusyClinic(clinic: clinic, patients: [(clinic.north, 20), (clinic.south, 1)])
        try await busy.setUpBilling()
        for (location, count) in busy.patients { try await busy.fill(location, patients: count) }
        return busy
    }

    var locations: [Location] { patients.map(\.location) }

    /// Visits at a location.
    func visits(at location: Location) -> Int {
        patients.reduce(0) { $0 + ($1.location.id == location.id ? $1.count * BusyClinic.days : 0) }
    }

    @discardableResult
    func ask(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let answer = try await clinic.send("owner", method, path, body: body)
        guard (200..<300).contains(answer.status) else {
            throw Problem(.failed, "unexpected", "\(method) \(path): \(answer.status) \(answer.text)")
        }
        return answer.json
    }

    private func setUpBilling() async throws {
        let entities = "/v1/organizations/\(clinic.organization)/billing-entities"
        let entity = try await ask(
            "POST",
            entities,
            [
                "name": "Harbor Clinics LLC", "npi": .string(BusyClinic.npi), "tax_id": "123456789", "taxonomy": "261QP2300X",
                "address": ["street": "12 River Street", "city": "Albany", "region": "NY", "postal_code": "122071234"],
                "contact": ["name": "Grace Hill", "phone": "+15185550123"],
                "clearing": ["submitter_id": "HARBOR1", "receiver_id": "CLEARING1", "receiver_name": "Clearing House"], "test_mode": true,
            ]
        )
        for location in locations { try await ask("PUT", "\(entities)/\(entity["id"]?.text ?? "")/locations/\(location.id)", [:]) }
    }

    private func fill(_ location: Location, patients count: Int) async throws {
        let payer = try await ask("POST", clinic.path(location, "payers"), ["name": "Sunrise Health Plan", "code": "SUN01"])
        let provider = try await ask(
            "POST",
            clinic.path(location, "providers"),
            ["given_name": "Robin", "family_name": "Lane", "npi": "1003000126", "taxonomy": "207Q00000X"]
        )
        guard let provider = ProviderID(provider["id"]?.text ?? "") else {
            throw Problem(.failed, "no_provider", "The provider has no id.")
        }
        for index in 0..<count {
            let patient = try await ask(
                "POST",
                clinic.path(location, "patients"),
                [
                    "person": [
                        "given_name": "Ada", "family_name": .string("Lovelace" + String(UnicodeScalar(UInt8(97 + index)))),
                        "birth_date": .string("1990-04-\(index + 10)"), "sex": "female",
                        "address": [
                            "street": "5 Lake Road", "city": "Albany", "region": "NY", "postal_code": "122071234", "country": "US",
                        ],
                    ]
                ]
            )
            guard let id = PatientID(patient["id"]?.text ?? "") else { throw Problem(.failed, "no_patient", "The patient has no id.") }
            try await ask(
                "POST",
                clinic.path(location, "patients/\(id)/coverages"),
                ["payer_id": payer["id"] ?? .null, "member_id": .string("W1234567\(index + 10)"), "from_day": "2026-01-01"]
            )
            try await addVisits(of: id, by: provider, at: location)
        }
    }

    /// A visit on each day from the 1st of October 2026, charged, written as Scheduling and Billing write them.
    private func addVisits(of patient: PatientID, by provider: ProviderID, at location: Location) async throws {
        let ambient = clinic.services.ambient
        let (now, nobody) = (ambient.now(), UUID(high: 0, low: 0))
        guard let first = Day("2026-10-01") else { throw Problem(.failed, "no_day", "There is no such day.") }
        try await clinic.services.tenancy.transaction(location) { tx in
            for index in 0..<BusyClinic.days {
                let (encounter, charge, entry) = (ambient.id(EncounterID.self), ambient.id(ChargeID.self), ambient.id(LedgerEntryID.self))
                let day = first.adding(days: index)
                tx.enqueue(
                    """
                    insert into {location}.encounter
                        (id, patient_id, provider_id, service_day, started_at, ended_at, diagnoses, created_at, created_by, updated_at, updated_by)
                    values (\(encounter), \(patient), \(provider), \(day), \(now), \(now.adding(minutes: 20)), '{J02.9}', \(now), \(nobody), \(now), \(nobody))
                    """
                )
                tx.enqueue(
                    """
                    insert into {location}.charge (id, encounter_id, ordinal, patient_id, provider_id, service_day, code, diagnosis_pointers, units,
                        amount, created_at, created_by, updated_at, updated_by)
                    values (\(charge), \(encounter), 1, \(patient), \(provider), \(day), '99213', '{1}', 1, 15000, \(now), \(nobody), \(now), \(nobody))
                    """
                )
                tx.enqueue(
                    """
                    insert into {location}.ledger_entry (id, kind, day, source_kind, source_id, posted_at, posted_by)
                    values (\(entry), 'charge', \(day), 'charge', \(charge), \(now), \(nobody))
                    """
                )
                tx.enqueue(
                    """
                    insert into {location}.ledger_line (entry_id, ordinal, debit, credit, amount, patient_id, charge_id)
                    values (\(entry), 0, 'receivable:patient', 'revenue', 15000, \(patient), \(charge))
                    """
                )
            }
        }
    }
}
