import Assembly
import Tenancy
import TestSupport
import Testing
import Values

/// One of each thing, made at a location through the API; by the name that paths give its id.
enum Things {
    static func make(_ clinic: TestClinic, at location: Location) async throws -> [String: String] {
        var things: [String: String] = [:]
        func post(_ name: String, _ path: String, _ body: JSON) async throws {
            let answer = try await clinic.send("owner", "POST", clinic.path(location, path), body: body)
            try #require(answer.status == 201, "\(path) answered \(answer.status) \(answer.text)")
            things[name] = answer.id
        }
        func id(_ name: String) -> JSON { .string(things[name] ?? "") }
        try await post(
            "provider",
            "providers",
            ["given_name": "Grace", "family_name": "Okafor", "npi": "1234567893", "taxonomy": "207Q00000X"]
        )
        try await post("resource", "resources", ["kind": "room", "name": "Room 1"])
        try await post("hours", "weekly-hours", ["weekday": 1, "from": "09:00", "until": "17:00", "from_day": "2030-01-01"])
        try await post("dated_hours", "dated-hours", ["from_day": "2030-01-01", "reason": "New Year"])
        try await post(
            "block",
            "blocks",
            ["starts_at": "2030-01-02T10:00:00Z", "ends_at": "2030-01-02T11:00:00Z", "reason_code": "meeting"]
        )
        try await post("type", "appointment-types", ["name": "Check-up", "minutes": 30])
        try await post(
            "schedule",
            "fee-schedules",
            ["name": "Standard", "from": "2026-01-01", "fees": [["code": "99213", "description": "Visit", "amount": 15000]]]
        )
        try await post("payer", "payers", ["name": "Acme Health", "code": "ACME1"])
        let person: JSON = [
            "given_name": "Ada", "family_name": "Park", "birth_date": "1990-04-01", "sex": "female",
            "address": ["street": "5 Lake Road", "city": "Albany", "region": "NY", "postal_code": "122071234", "country": "US"],
        ]
        try await post("patient", "patients", ["person": person])
        try await post(
            "coverage",
            "patients/\(things["patient"] ?? "")/coverages",
            ["payer_id": id("payer"), "member_id": "W123456", "from_day": "2026-01-01"]
        )
        let start = clinic.services.ambient.now().adding(seconds: 86_400)
        let rounded = Instant(seconds: start.microseconds / 1_000_000 / 900 * 900)
        try await post(
            "appointment",
            "appointments",
            ["patient_id": id("patient"), "type_id": id("type"), "provider_id": id("provider"), "starts_at": .string(rounded.description)]
        )
        let later = location.rules.wallClock(at: start).day.adding(days: 300)
        try await post(
            "series",
            "series",
            [
                "patient_id": id("patient"), "type_id": id("type"), "provider_id": id("provider"), "rule": "FREQ=WEEKLY;COUNT=2",
                "start_day": .string(later.description), "time": "10:00",
            ]
        )
        try await post(
            "hold",
            "holds",
            ["type_id": id("type"), "provider_id": id("provider"), "day": .string(later.adding(days: 1).description), "time": "10:00"]
        )
        things["question"] = try await asked(clinic, location, things, rounded.adding(minutes: 60))
        try await post("feed", "calendar-feeds", ["provider_id": id("provider")])
        try await post("entry", "waitlist-entries", ["patient_id": id("patient"), "type_ids": [id("type")]])
        return things.merging(try await worked(clinic, location, things)) { $1 }
    }

    /// What the patient of the appointment is asked when a repair moves it.
    private static func asked(_ clinic: TestClinic, _ location: Location, _ things: [String: String], _ start: Instant) async throws
        -> String
    {
        func id(_ name: String) -> JSON { .string(things[name] ?? "") }
        let move: JSON = [
            "appointment_id": id("appointment"), "version": 1, "starts_at": .string(start.description), "provider_id": id("provider"),
            "resource_ids": [],
        ]
        let body: JSON = ["moves": [move], "patients": "asked"]
        let answer = try await clinic.send("owner", "POST", clinic.path(location, "repairs"), body: body)
        return try #require(answer.json["questions"]?.items.first?["id"]?.text, "\(answer.text)")
    }
}
