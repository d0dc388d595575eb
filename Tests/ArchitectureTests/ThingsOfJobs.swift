import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

/// What comes of a visit, and what is offered when another is cancelled: a worker makes most of it.
extension Things {
    static func worked(_ clinic: TestClinic, _ location: Location, _ things: [String: String]) async throws -> [String: String] {
        try await bills(clinic, location)
        let worker = try clinic.startWorker()
        var found: [String: String] = [:]
        func ask(_ path: String, _ body: JSON) async throws -> TestAnswer {
            let answer = try await clinic.send("owner", "POST", clinic.path(location, path), body: body)
            try #require((200...201).contains(answer.status), "\(path) answered \(answer.status) \(answer.text)")
            return answer
        }
        func items(_ path: String) async throws -> [JSON] {
            try await clinic.send("owner", "GET", clinic.path(location, path)).json["items"]?.items ?? []
        }
        func book(_ minutes: Int) async throws -> TestAnswer {
            let minute = Instant(seconds: clinic.services.ambient.now().microseconds / 60_000_000 * 60).adding(minutes: minutes)
            let body: JSON = [
                "patient_id": .string(things["patient"] ?? ""), "type_id": .string(things["type"] ?? ""),
                "provider_id": .string(things["provider"] ?? ""), "starts_at": .string(minute.description),
            ]
            return try await ask("appointments", body)
        }
        let visit = try await book(1)
        _ = try await ask("appointments/\(visit.id)/arrival", [:])
        let completion: JSON = ["diagnoses": ["J02.9"], "procedures": [["code": "99213", "diagnosis_pointers": [1]]]]
        let encounter = try await ask("appointments/\(visit.id)/completion", completion).id
        found["encounter"] = encounter
        let day = visit.json["day"] ?? .null
        try await eventually("the visit is charged") { try await items("charges?encounter_id=\(encounter)").count == 1 }
        found["billing_run"] = try await ask("billing-runs", ["from_day": day, "through_day": day]).id
        try await eventually("the claim is filed", within: .seconds(60)) {
            let claim = try await items("claims").first
            found["claim"] = claim?["id"]?.text
            return claim?["state"] == "filed"
        }
        found["job"] = try await clinic.services.tenancy.queueRead(
            location.database,
            "select id::text from queue.job where kind = 'claims.make' and parameters->>'billing_run' = \(found["billing_run"] ?? "")"
        ).first?.value(0, as: String.self)
        found["invoice"] = try await items("invoices").first?["id"]?.text

        let cancelled = try await book(60 * 24 * 30)
        _ = try await ask("appointments/\(cancelled.id)/cancellation", ["reason_code": "patient_ill"])
        try await eventually("the freed time is offered") {
            found["offer"] = try await items("waitlist-offers?status=open").first?["id"]?.text
            return found["offer"] != nil
        }
        // What it would do next is no change that a request made.
        worker.cancel()
        _ = await worker.result
        return found
    }

    /// Somebody bills for the location.
    private static func bills(_ clinic: TestClinic, _ location: Location) async throws {
        let entities = "/v1/organizations/\(clinic.organization)/billing-entities"
        let body: JSON = [
            "name": "Harbor Clinics LLC", "npi": "1234567893", "tax_id": "123456789", "taxonomy": "261QP2300X",
            "address": ["street": "12 River Street", "city": "Albany", "region": "NY", "postal_code": "122071234"],
            "contact": ["name": "Grace Hill", "phone": "+15185550123"],
            "clearing": ["submitter_id": "HARBOR1", "receiver_id": "CLEARING1", "receiver_name": "Clearing House"], "test_mode": true,
        ]
        let entity = try await clinic.send("owner", "POST", entities, body: body)
        try #require(entity.status == 201, "\(entity.text)")
        let serves = try await clinic.send("owner", "PUT", "\(entities)/\(entity.id)/locations/\(location.id)", body: [:])
        try #require(serves.status < 300, "\(serves.text)")
    }
}
