import Assembly
import FoundationEssentials
import Tenancy
import TestSupport
import Values

/// A clinic's day on a test clinic: what the tests ask for, in words.
struct ClinicDay {
    let clinic: TestClinic

    struct Visit {
        let location: Location
        let patient: String
        var day = ""
        var encounter = ""
        var claim = ""
        var number = ""
        var lines: [JSON] = []
    }

    /// Asks and expects success.
    @discardableResult
    func ask(_ person: String, _ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let answer = try await clinic.send(person, method, path, body: body)
        guard (200..<300).contains(answer.status) else {
            throw Problem(.failed, "unexpected", "\(method) \(path): \(answer.status) \(answer.text)")
        }
        return answer.json
    }

    func items(_ person: String, _ path: String) async throws -> [JSON] { try await ask(person, "GET", path)["items"]?.items ?? [] }

    /// Who bills for both locations.
    func setUpBilling() async throws {
        let entities = "/v1/organizations/\(clinic.organization)/billing-entities"
        let entity = try await ask(
            "owner",
            "POST",
            entities,
            [
                "name": "Harbor Clinics LLC", "npi": "1234567893", "tax_id": "123456789", "taxonomy": "261QP2300X",
                "address": ["street": "12 River Street", "city": "Albany", "region": "NY", "postal_code": "122071234"],
                "contact": ["name": "Grace Hill", "phone": "+15185550123"],
                "clearing": ["submitter_id": "HARBOR1", "receiver_id": "CLEARING1", "receiver_name": "Clearing House"], "test_mode": true,
            ]
        )
        for location in [clinic.north, clinic.south] {
            try await ask("owner", "PUT", "\(entities)/\(entity["id"]?.text ?? "")/locations/\(location.id)", [:])
        }
    }

    /// A patient is registered, covered, booked, checked in and treated at a location that charges `fee` and 45.00.
    func visit(at location: Location, npi: String, fee: Int) async throws -> Visit {
        func make(_ person: String, _ rest: String, _ body: JSON) async throws -> String {
            try await ask(person, "POST", clinic.path(location, rest), body)["id"]?.text ?? ""
        }
        let provider = try await make(
            "owner",
            "providers",
            ["given_name": "Robin", "family_name": "Lane", "npi": .string(npi), "taxonomy": "207Q00000X"]
        )
        let room = try await make("owner", "resources", ["kind": "room", "name": "Room 1"])
        let type = try await make(
            "owner",
            "appointment-types",
            ["name": "Visit", "minutes": 15, "needs": ["provider", "room"], "fee_code": "99213"]
        )
        let payer = try await make("owner", "payers", ["name": "Sunrise Health Plan", "code": "SUN01"])
        let fees: JSON = [
            ["code": "99213", "description": "Office visit", "amount": .integer(fee)],
            ["code": "87880", "description": "Strep test", "amount": 4500],
        ]
        _ = try await make("biller", "fee-schedules", ["name": "Standard", "from": "2020-01-01", "fees": fees])
        let patient = try await make(
            "front_desk",
            "patients",
            [
                "person": [
                    "given_name": "Ada", "family_name": "Lovelace", "birth_date": "1990-04-01", "sex": "female",
                    "address": ["street": "5 Lake Road", "city": "Albany", "region": "NY", "postal_code": "122071234", "country": "US"],
                ]
            ]
        )
        _ = try await make(
            "front_desk",
            "patients/\(patient)/coverages",
            ["payer_id": .string(payer), "member_id": "W123456789", "from_day": "2026-01-01"]
        )
        let start = Instant(seconds: clinic.services.ambient.now().microseconds / 60_000_000 * 60).adding(minutes: 1)
        let booking: JSON = [
            "patient_id": .string(patient), "type_id": .string(type), "provider_id": .string(provider), "resource_ids": [.string(room)],
            "starts_at": .string(start.description),
        ]
        let appointment = try await ask("front_desk", "POST", clinic.path(location, "appointments"), booking)
        // A slot cannot be sold twice: provider, room and patient are all named.
        let again = try await clinic.send("front_desk", "POST", clinic.path(location, "appointments"), body: booking)
        guard again.code == "slot_taken", again.json["conflicts"]?.items.count == 3 else {
            throw Problem(.failed, "sold_twice", "\(again.status) \(again.text)")
        }
        let path = clinic.path(location, "appointments/\(appointment["id"]?.text ?? "")/")
        try await ask("front_desk", "POST", path + "arrival", [:])
        let encounter = try await ask(
            "provider",
            "POST",
            path + "completion",
            [
                "diagnoses": ["J02.9"],
                "procedures": [["code": "99213", "diagnosis_pointers": [1]], ["code": "87880", "diagnosis_pointers": [1]]],
            ]
        )
        return Visit(location: location, patient: patient, day: appointment["day"]?.text ?? "", encounter: encounter["id"]?.text ?? "")
    }

    /// Runs billing over a visit's day until its claim is filed; the run as it then is.
    func bill(_ visit: inout Visit) async throws -> JSON {
        let location = visit.location
        let charges = clinic.path(location, "charges?encounter_id=\(visit.encounter)")
        try await eventually("the visit is charged") { try await items("biller", charges).count == 2 }
        let run = try await ask(
            "biller",
            "POST",
            clinic.path(location, "billing-runs"),
            ["from_day": .string(visit.day), "through_day": .string(visit.day)]
        )
        let claims = clinic.path(location, "claims?patient_id=\(visit.patient)")
        try await eventually("the claim is filed", within: .seconds(60)) { try await items("biller", claims).first?["state"] == "filed" }
        let claim = try await items("biller", claims).first ?? .null
        visit.claim = claim["id"]?.text ?? ""
        visit.number = claim["number"]?.text ?? ""
        visit.lines = try await ask("biller", "GET", clinic.path(location, "claims/\(visit.claim)"))["lines"]?.items ?? []
        return try await ask("biller", "GET", clinic.path(location, "billing-runs/\(run["id"]?.text ?? "")"))
    }

    /// Puts a file into the inbound folder as transport does.
    func receive(_ text: String, as name: String) throws {
        let folder = clinic.settings.folders.inbound + "/"
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "." + name))
        try FileManager.default.moveItem(atPath: folder + "." + name, toPath: folder + name)
    }

    /// The report's totals over both locations.
    func report(_ person: String = "owner") async throws -> JSON {
        let today = clinic.north.rules.wallClock(at: clinic.services.ambient.now()).day
        let path = "/v1/organizations/\(clinic.organization)/reports/daily?from=\(today.adding(days: -1))&through=\(today.adding(days: 2))"
        return try await ask(person, "GET", path)
    }
}
